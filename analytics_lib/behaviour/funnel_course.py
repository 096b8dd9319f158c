"""How the share of those who get through a funnel goes, day by day or week by week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.scope import Scope, bucket_times, completeness, open_scope
from analytics_lib.engine.tables import AnyTable, as_table
from analytics_lib.engine.times import epoch_micros, with_bucket
from analytics_lib.periods import Duration, Moment, bucket_edges, grain_name
from analytics_lib.results import Additive, Result

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_BUCKET = "entry_bucket"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FunnelCourseResult(Result):
    """Per bucket of entry: ``time``, who entered and who got through, ``overall_rate``, ``complete``."""

    title: ClassVar[str] = "Funnel over time"
    people_columns: ClassVar[tuple[str, ...]] = ("users", "completed_users")

    grain: str
    """Size of a bucket."""
    unit: str
    """Whose funnel."""
    steps: tuple[str, ...]
    """Names of the steps."""

    def plot(self) -> Chart:
        """Draw the share of those who get through, bucket by bucket."""
        from analytics_lib.charts.lines import draw_lines

        whose = "people" if self.unit == "user" else f"{self.unit}s"
        title = f"Share of {whose} that get from {self.steps[0]} to {self.steps[-1]}, per {self.grain}"
        return draw_lines(self.frame, x="time", y="overall_rate", title=title, value_format="percent")


def funnel_course(
    events: AnyTable,
    steps: Iterable[object],
    *,
    grain: str = "week",
    unit: str = "user",
    order: str = "ordered",
    within: Duration | int | None = "14d",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
) -> FunnelCourseResult:
    """Tell how the share of those who get through a funnel goes over time.

    Every entry counts in the bucket of its first event, whenever its last step comes. The numbers are
    those of :func:`~analytics_lib.behaviour.funnel.funnel` with the same arguments, split by that bucket.

    Parameters
    ----------
    events
        A table with ``user_id``, ``event``, ``event_time`` (and ``session_id`` for sessions).
    steps
        Two to twenty, as for a funnel.
    grain
        Size of a bucket; buckets are half-open, DST-safe, and named by their start in UTC.
    unit, order, within
        As for a funnel.
    start, end
        Range of the first event; every bucket that touches it gets a row.
    observed_until
        Moment up to which data is complete; default: the newest event.
    time_zone, week_start
        Calendar of the buckets.

    Returns
    -------
    FunnelCourseResult
        ``time``, ``users`` (who entered), ``completed_users`` (who got through); with another unit also
        its counts, such as ``sessions`` and ``completed_sessions``; ``overall_rate`` (NaN where nobody
        entered), ``complete`` (false for an unfinished bucket, and while entries may still get through).

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({
    ...     "user_id": ["a", "a", "b"], "event": ["view", "buy", "view"],
    ...     "event_time": pd.to_datetime(["2024-05-01", "2024-05-09", "2024-05-07"]),
    ... })
    >>> funnel_course(events, ["view", "buy"]).to_frame()["overall_rate"].tolist()
    [1.0, 0.0]
    """
    word = grain_name(grain)
    scope = open_scope(
        events, ["event_time"], analysis="funnel_course", start=start, end=end, observed_until=observed_until,
        time_zone=time_zone,
    )  # fmt: skip
    edges = scope.edges(word, week_start=week_start)
    whole = _edges_of_all(scope, edges, word, week_start)
    table = as_table(events, ["user_id", "event", "event_time"], analysis="funnel_course")
    bucketed = with_bucket(table, epoch_micros(table), whole, name=_BUCKET) if whole else table.mutate(**{_BUCKET: 0})
    found = funnel(
        bucketed, steps, unit=unit, order=order, within=within, by=_BUCKET, start=start, end=end,
        observed_until=scope.observed_until, time_zone=time_zone,
    )  # fmt: skip
    offset = whole.index(edges[0]) if edges else 0
    return FunnelCourseResult(
        frame=_frame(found, scope, edges, offset),
        definition=f"Per {word} of the first event: {found.definition.split(' Split by ')[0]}",
        provenance=found.provenance,
        notes=found.notes,
        key_columns=("time",),
        people_source=lambda row: _people(found, row, edges, offset),
        structure=(Additive("share", ("completed_users", "users")),),
        grain=word,
        unit=unit,
        steps=tuple(str(step) for step in found.rules.steps),
    )


def _edges_of_all(scope: Scope, edges: Sequence[datetime], grain: str, week_start: str) -> list[datetime]:
    """Give bucket edges over the whole table, so that no later step is lost."""
    if not edges or scope.first is None or scope.newest is None:
        return list(edges)
    first, last = min(scope.first, edges[0]), max(scope.newest + timedelta(microseconds=1), edges[-1])
    return bucket_edges(first, last, grain, time_zone=scope.time_zone, week_start=week_start)


def _frame(found: FunnelResult, scope: Scope, edges: Sequence[datetime], offset: int) -> pd.DataFrame:
    table = found.frame.set_index([_BUCKET, "step"])
    wanted = range(offset, offset + max(len(edges) - 1, 0))
    entered, through = (_row_per_bucket(table, step, wanted) for step in (1, len(found.rules.steps)))
    columns: dict[str, Any] = {"time": bucket_times(edges) if edges else pd.Series([], dtype="datetime64[us, UTC]")}
    for name in [name for name in ("users", "sessions", "entities") if name in table.columns]:
        columns[name] = entered[name].fillna(0).astype("Int64")
        columns[f"completed_{name}"] = through[name].fillna(0).astype("Int64")
    waiting = entered["immature"].fillna(0).to_numpy() > 0
    finished = [full and not open_ for full, open_ in zip(completeness(scope, edges), waiting, strict=True)]
    return pd.DataFrame({
        **columns, "overall_rate": through["overall_rate"].astype("float64"),
        "complete": pd.array(finished, dtype="boolean"),
    })  # fmt: skip


def _row_per_bucket(table: pd.DataFrame, step: int, wanted: range) -> pd.DataFrame:
    one_step = table[table.index.get_level_values("step") == step].droplevel("step")
    return one_step.reindex(wanted).reset_index(drop=True)


def _people(found: FunnelResult, row: Mapping[str, Any], edges: Sequence[datetime], offset: int) -> pa.Table:
    """Give who entered (or got through) in one bucket; nobody where the funnel has no such group."""
    bucket = offset + list(edges).index(pd.Timestamp(row["time"]).to_pydatetime())
    if bucket not in set(found.frame[_BUCKET]):
        return pa.table({"user_id": pa.array([], pa.string())})
    step = len(found.rules.steps) if row["counted"] == "completed_users" else 1
    keys: dict[str, Any] = {_BUCKET: bucket, "step": step}
    return found.people(**keys)
