"""How often people use it: the number active on exactly, or at least, so many days, weeks or months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.engine.times import with_bucket
from analytics_lib.periods import Moment, grain_name
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StickinessResult(Result):
    """People by how often they were active: ``active_periods``, ``users``."""

    title: ClassVar[str] = "Stickiness"
    people_columns: ClassVar[tuple[str, ...]] = ("users",)

    total: int = 0
    """Exact distinct people of the range; the rows of "exactly" add up to it."""
    at_least: bool = False
    """Whether a row counts those who were active more often, too."""

    def plot(self) -> Chart:
        """Draw one bar per number of active periods."""
        from analytics_lib.charts.bars import draw_bars

        drawn = self.frame.assign(active_periods=self.frame["active_periods"].astype(str))
        title = f"{self.title}: active in at least so many periods" if self.at_least else self.title
        return draw_bars(drawn, x="active_periods", y="users", title=title)


@remembered
def stickiness(
    events: AnyTable,
    *,
    grain: str = "day",
    at_least: bool = False,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
) -> StickinessResult:
    """Tell how many people were active in exactly (or at least) 1, 2, 3 … periods of the range.

    Parameters
    ----------
    events
        A table with ``user_id`` and ``event_time``; with ``tenant_id`` a person is the pair of both.
    grain
        Length of a period.
    at_least
        Count in row n all who were active in n periods or more.
    start, end, observed_until, time_zone, week_start
        As in :func:`~analytics_lib.behaviour.event_counts.event_counts`.

    Returns
    -------
    StickinessResult
        One row for every possible number, 0 people included. ``users`` sums to ``.total``; with `at_least` it never
        rises, its first row is ``.total``, and what it loses from a row to the next is the number of "exactly".

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-02"])
    >>> seen = pd.DataFrame({"user_id": ["a", "a", "b"], "event_time": days})
    >>> stickiness(seen).to_frame().users.tolist(), stickiness(seen, at_least=True).to_frame().users.tolist()
    ([1, 1], [2, 1])
    """
    word = grain_name(grain)
    scope = open_scope(
        events,
        ["user_id", "event_time"],
        analysis="stickiness",
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    edges = scope.edges(word, week_start=week_start)
    frame = _frame(scope, edges, at_least=at_least)
    how = "at least" if at_least else "exactly"
    return StickinessResult(
        frame=frame,
        definition=f"People who were active in {how} so many calendar {word}s ({time_zone}) of the range.",
        provenance=scope.provenance,
        notes=(*scope.notes, *_weak(scope, edges, word)),
        key_columns=("active_periods",),
        people_source=lambda row: _people(scope, edges, row, at_least=at_least),
        structure=(Additive("steps" if at_least else "groups", ("users",), ("active_periods",)),),
        total=int(frame["users"].iloc[:1].sum() if at_least else frame["users"].sum()),
        at_least=at_least,
    )


def _weak(scope: Scope, edges: list[datetime], word: str) -> list[str]:
    """Say which periods the range cuts off, and whether its last one is not over."""
    if not edges:
        return []
    begin, end = scope.asked.start or edges[0], min(scope.asked.end or edges[-1], edges[-1])
    places = [name for name, cut in (("first", edges[0] < begin), ("last", end < edges[-1] and scope.asked.end)) if cut]
    told = [
        f"The range holds only a part of its {name} {word}; who was active only in the rest of it is not counted there."
        for name in places
    ]
    if scope.observed_until is None or end > scope.observed_until:
        told.append(f"The range holds a {word} that is not complete; people may still become active in it.")
    return told


def _activity(scope: Scope, edges: list[datetime]) -> Table:
    """Give one row per person: in how many periods they were active."""
    rows = scope.inside()
    rows = rows.filter(rows.user_id.notnull())
    seen = with_bucket(rows, rows["_micros"], edges).select("bucket", *scope.who).distinct()
    return seen.group_by(list(scope.who)).aggregate(active_periods=seen.count())


def _frame(scope: Scope, edges: list[datetime], *, at_least: bool) -> pd.DataFrame:
    possible = range(1, len(edges))
    if not edges:
        return pd.DataFrame({"active_periods": pd.array([], "Int64"), "users": pd.array([], "Int64")})
    activity = _activity(scope, edges)
    counts = to_frame(activity.group_by("active_periods").aggregate(users=activity.count()))
    users = counts.set_index("active_periods")["users"].reindex(possible).fillna(0)
    users = users[::-1].cumsum()[::-1] if at_least else users
    return pd.DataFrame(
        {"active_periods": pd.array(list(possible), "Int64"), "users": pd.array(users.to_numpy(), "Int64")}
    )


def _people(scope: Scope, edges: list[datetime], row: Mapping[str, Any], *, at_least: bool) -> pa.Table:
    activity = _activity(scope, edges)
    periods, asked = activity.active_periods, int(row["active_periods"])
    return scope.people(activity.filter(periods >= asked if at_least else periods == asked))
