"""What people use, how many of them and how often; and what each of them prefers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.periods import Moment
from analytics_lib.results import Result, remembered
from analytics_lib.statistics.proportions import wilson_bounds

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FeatureUsageResult(Result):
    """People and events per feature, the most used first."""

    title: ClassVar[str] = "Feature usage"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """People with any event in the range: what the rates divide by."""

    def plot(self) -> Chart:
        """Draw the share of people per feature."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(
            self.frame, x="feature", y="user_rate", title=self.title, value_format="percent", horizontal=True
        )


@remembered
def feature_usage(
    events: AnyTable,
    *,
    of: str = "event",
    start: Moment | None = None,
    end: Moment | None = None,
    time_zone: str = "UTC",
    confidence: float = 0.95,
) -> FeatureUsageResult:
    """Tell what people use: how many of the active people, and how often each.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time`` and the field.
    of
        What names a feature: a column, or a value inside ``properties`` such as ``properties.button``.
        Rows without one use no feature, but their people are active.
    start, end, time_zone
        The range.
    confidence
        Of the interval around ``user_rate`` (Wilson).

    Returns
    -------
    FeatureUsageResult
        ``feature``, ``users``, ``user_rate``, ``user_rate_low``, ``user_rate_high``, ``events``,
        ``events_per_user``.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"], "event": ["view", "buy", "view"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03"]),
    ... })
    >>> feature_usage(events).to_frame()[["feature", "users", "user_rate"]].values.tolist()
    [['view', 2, 1.0], ['buy', 1, 0.5]]
    """
    scope, rows = _rows(events, of, "feature_usage", start=start, end=end, time_zone=time_zone)
    total = scope.people_count(scope.inside())
    counted = rows.group_by("_value").aggregate(events=rows.count(), users=_distinct_people(rows, scope.who))
    frame = to_frame(counted).rename(columns={"_value": "feature"})
    frame = frame.sort_values(["users", "events", "feature"], ascending=[False, False, True], ignore_index=True)
    frame["user_rate"] = frame["users"] / (total or float("nan"))
    bounds = [wilson_bounds(rate, total, confidence) for rate in frame["user_rate"]]
    frame["user_rate_low"] = pd.Series([low for low, _ in bounds], dtype="float64")
    frame["user_rate_high"] = pd.Series([high for _, high in bounds], dtype="float64")
    frame["events_per_user"] = frame["events"] / frame["users"].where(frame["users"] > 0)
    kept = ["feature", "users", "user_rate", "user_rate_low", "user_rate_high", "events", "events_per_user"]
    return FeatureUsageResult(
        frame=frame[kept].astype({"feature": "str", "users": "Int64", "events": "Int64"}),
        definition=f"Distinct people and events per {of}; user_rate divides by all people with an event in the range.",
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("feature",),
        people_source=lambda row: scope.people(rows.filter(rows["_value"] == row["feature"])),
        total=total,
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PreferencesResult(Result):
    """People per favourite; each person has at most one."""

    title: ClassVar[str] = "Preferences"
    people_columns: ClassVar[tuple[str, ...]] = ("users", "interested_users")

    total: int = 0
    """People with a favourite: the sum of ``users``."""

    def plot(self) -> Chart:
        """Draw one bar per favourite."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(self.frame, x="preference", y="users", title=self.title, horizontal=True)


@remembered
def preferences(
    events: AnyTable, *, of: str, start: Moment | None = None, end: Moment | None = None, time_zone: str = "UTC"
) -> PreferencesResult:
    """Tell what people prefer: the value that most of each person's events carry.

    Between values with equally many events the one seen last is preferred, then the first in the alphabet.
    A person with a single event has a favourite, too; what was offered to them is not known here.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event_time`` and the field.
    of
        A column, or a value inside ``properties`` such as ``properties.category``.
    start, end, time_zone
        The range.

    Returns
    -------
    PreferencesResult
        ``preference``, ``users`` (whose favourite it is; ``.people(preference=…)``), ``user_rate``,
        ``interested_users`` (with any such event), ``events``.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "a", "b"], "topic": ["tea", "tea", "nuts", "nuts"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-03"]),
    ... })
    >>> preferences(events, of="topic").to_frame()[["preference", "users", "interested_users"]].values.tolist()
    [['nuts', 1, 2], ['tea', 1, 1]]
    """
    scope, rows = _rows(events, of, "preferences", start=start, end=end, time_zone=time_zone)
    known = rows.filter(rows.user_id.notnull())
    each = known.group_by([*scope.who, "_value"]).aggregate(_events=known.count(), _last=known["_micros"].max())
    order = [each["_events"].desc(), each["_last"].desc(), each["_value"]]
    each = each.mutate(_place=ibis.row_number().over(ibis.window(group_by=list(scope.who), order_by=order)))
    counted = each.group_by("_value").aggregate(
        users=(each["_place"] == 0).sum(), interested_users=each.count(), events=each["_events"].sum()
    )
    frame = to_frame(counted).rename(columns={"_value": "preference"})
    frame = frame.sort_values(["users", "events", "preference"], ascending=[False, False, True], ignore_index=True)
    total = int(frame["users"].sum())
    frame.insert(2, "user_rate", frame["users"] / (total or float("nan")))
    counts = {"users": "Int64", "interested_users": "Int64", "events": "Int64"}
    return PreferencesResult(
        frame=frame.astype({"preference": "str", **counts}),
        definition=f"Each person's most frequent {of}; ties go to the one seen last, then to the alphabet.",
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("preference",),
        people_source=lambda row: _fans(scope, each, row),
        total=total,
    )


def _fans(scope: Scope, each: Table, row: Mapping[str, Any]) -> pa.Table:
    chosen = each.filter(each["_value"] == row["preference"])
    return scope.people(chosen if row["counted"] == "interested_users" else chosen.filter(chosen["_place"] == 0))


def _rows(
    events: AnyTable, of: str, analysis: str, *, start: Moment | None, end: Moment | None, time_zone: str
) -> tuple[Scope, Table]:
    """Give the rows of the range that name a value, as ``_value``."""
    columns = ["user_id", "event_time", column_of(of)]
    scope = open_scope(events, columns, analysis=analysis, start=start, end=end, time_zone=time_zone)
    inside = scope.inside()
    rows = inside.mutate(_value=field(inside, of, analysis=analysis).cast("string"))
    return scope, rows.filter(rows["_value"].notnull())


def _distinct_people(rows: Table, who: tuple[str, ...]) -> Any:
    """Count people inside an aggregation; a person is the pair of tenant and user where both are there."""
    if len(who) == 1:
        return rows["user_id"].nunique()
    pair = ibis.struct({name: rows[name] for name in who})
    return ibis.ifelse(rows["user_id"].notnull(), pair, ibis.null(pair.type())).nunique()
