"""Whether growth is new people, loyal ones or returning ones, and how many went quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib import checks
from analytics_lib.behaviour.scope import Scope, begun, bucket_times, completeness, open_scope
from analytics_lib.engine.tables import AnyTable, Table, to_frame
from analytics_lib.engine.times import with_bucket
from analytics_lib.periods import Moment, bucket_edges, grain_name
from analytics_lib.results import Additive, Result, remembered

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

STATES: Final = ("new", "returning", "resurrecting", "dormant")
ACTIVE: Final = STATES[:3]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LifecycleResult(Result):
    """People per period and state: ``time``, ``new``, ``returning``, ``resurrecting``, ``dormant``, ``complete``."""

    title: ClassVar[str] = "Lifecycle"
    people_columns: ClassVar[tuple[str, ...]] = STATES

    def plot(self) -> Chart:
        """Draw one line per state."""
        from analytics_lib.charts.lines import draw_lines

        drawn = self.frame.melt(id_vars="time", value_vars=list(STATES), var_name="state", value_name="users")
        return draw_lines(drawn, x="time", y="users", by="state", title=self.title)

    def _behind(self, row: dict[str, object]) -> pa.Table:
        """Take ``state=`` beside ``time=``; without one, all who were active."""
        state = row.pop("state", row.pop("counted", None))
        if self.people_source is None:
            return super()._behind(row)
        if state is not None:
            checks.one_of("state", str(state), STATES)
        return self.people_source({**self._row(row), "state": state})


@remembered
def lifecycle(
    events: AnyTable,
    *,
    grain: str = "day",
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
    week_start: str = "monday",
) -> LifecycleResult:
    """Tell how many people are new, stay, come back, and go quiet in each period.

    Parameters
    ----------
    events
        A table with ``user_id`` and ``event_time``; with ``tenant_id`` a person is the pair of both.
    grain
        Length of a period; periods are half-open, calendar, DST-safe, and named by their start in UTC.
    start, end
        The periods they touch are counted, each whole; earlier events are history, so that a person seen
        before `start` is not new.
    observed_until, time_zone, week_start
        As in :func:`~analytics_lib.behaviour.event_counts.event_counts`.

    Returns
    -------
    LifecycleResult
        ``new`` (first event in the table falls in this period), ``returning`` (active in the period before
        as well), ``resurrecting`` (active, neither of both), ``dormant`` (active in the period before, not
        in this one; null in the first period of the table and in an unfinished one), ``complete``.
        Active people are ``new + returning + resurrecting``.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-02", "2024-05-04"])
    >>> seen = pd.DataFrame({"user_id": ["a", "a", "b", "a"], "event_time": days})
    >>> lifecycle(seen, observed_until="2024-05-04").to_frame()[["new", "returning", "resurrecting"]].values.tolist()
    [[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]]
    """
    word = grain_name(grain)
    scope = open_scope(
        events,
        ["user_id", "event_time"],
        analysis="lifecycle",
        start=start,
        end=end,
        observed_until=observed_until,
        time_zone=time_zone,
    )
    periods = _Periods.of(scope, word, week_start)
    return LifecycleResult(
        frame=periods.frame(),
        definition=_definition(word, time_zone),
        provenance=scope.provenance,
        notes=scope.notes,
        key_columns=("time",),
        people_source=periods.people,
        structure=(Additive("sum", ACTIVE),),
    )


@dataclass(frozen=True, slots=True)
class _Periods:
    """The periods of the range, after those of its history."""

    scope: Scope
    edges: list[datetime]
    """Edges of all periods since the first event, then of the range."""
    history: int
    """How many of the periods lie before the range."""

    @classmethod
    def of(cls, scope: Scope, grain: str, week_start: str) -> _Periods:
        asked = scope.edges(grain, week_start=week_start)
        earlier: list[datetime] = []
        if asked and scope.first is not None and scope.first < asked[0]:
            earlier = bucket_edges(scope.first, asked[0], grain, time_zone=scope.time_zone, week_start=week_start)[:-1]
        return cls(scope, [*earlier, *asked], len(earlier))

    def states(self) -> Table:
        """Give one row per person, period and state; dormant people stand in the period they are missing from."""
        rows = self.scope.table.filter(self.scope.table.user_id.notnull())
        seen = with_bucket(rows, rows["_micros"], self.edges).select("bucket", *self.scope.who).distinct()
        person = ibis.window(group_by=list(self.scope.who), order_by="bucket")
        marked = seen.mutate(_before=seen.bucket.lag().over(person), _after=seen.bucket.lead().over(person))
        state = ibis.cases(
            (marked["_before"].isnull(), "new"),
            (marked["_before"] == marked.bucket - 1, "returning"),
            else_="resurrecting",
        )
        active = marked.select(*self.scope.who, "bucket", state=state)
        gone = marked.filter(marked["_after"].isnull() | (marked["_after"] > marked.bucket + 1))
        dormant = gone.select(*self.scope.who, bucket=gone.bucket + 1, state=ibis.literal("dormant"))
        return active.union(dormant)

    def frame(self) -> pd.DataFrame:
        """Give one row per period of the range."""
        shown = self.edges[self.history :]
        frame = pd.DataFrame({"time": bucket_times(shown)})
        counts = self._counts() if shown else pd.DataFrame({"bucket": [], "state": [], "users": []})
        reached = begun(self.scope, shown)
        for state in STATES:
            found = counts[counts["state"] == state].set_index("bucket")["users"]
            users = found.reindex(range(self.history, self.history + len(frame))).fillna(0)
            frame[state] = pd.array(users.to_numpy(), "Int64")
            frame[state] = frame[state].where(pd.Series(reached, dtype=bool))
        frame["complete"] = pd.array(completeness(self.scope, shown), "boolean")
        known = frame["complete"].to_numpy(dtype=bool) & (frame.index.to_numpy() + self.history > 0)
        frame["dormant"] = frame["dormant"].where(known)
        return frame

    def _counts(self) -> pd.DataFrame:
        states = self.states()
        return to_frame(states.group_by(["bucket", "state"]).aggregate(users=states.count()))

    def people(self, row: Mapping[str, Any]) -> pa.Table:
        """Give the people of one period, of one state or of the active ones."""
        bucket = [pd.Timestamp(edge) for edge in self.edges].index(row["time"])
        states = self.states()
        wanted = [row["state"]] if row["state"] else list(ACTIVE)
        return self.scope.people(states.filter((states.bucket == bucket) & states.state.isin(wanted)))


def _definition(grain: str, time_zone: str) -> str:
    return (
        f"People per calendar {grain} ({time_zone}). New: their first event in the table falls in this {grain}. "
        f"Returning: active in the {grain} before as well. Resurrecting: active now, not new, and not in the {grain} "
        f"before. Dormant: active in the {grain} before and not in this one; unknown in the first and in an "
        "unfinished one."
    )
