"""Who was active, was born or went quiet in each period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.fields import field
from analytics_lib.behaviour.scope import Scope, begun, bucket_times, completeness
from analytics_lib.engine.tables import Table, to_frame
from analytics_lib.engine.times import epoch_micros, with_bucket
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import bucket_edges

STATES: Final = ("new", "returning", "resurrecting", "dormant")
ACTIVE: Final = STATES[:3]


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of the range, after those of its history."""

    scope: Scope
    edges: list[datetime]
    """Edges of all periods since the first event, then of the range."""
    history: int
    """How many of the periods lie before the range."""
    birth: str
    """What makes a person new."""
    created: str | None
    """Column with the moment a person was created, where that does."""

    @classmethod
    def of(cls, scope: Scope, grain: str, week_start: str, birth: str, created: str | None) -> Periods:
        """Give the periods a range touches, with those before it where they tell who is new."""
        asked = scope.edges(grain, week_start=week_start)
        earlier: list[datetime] = []
        if birth != "first_event_in_range" and asked and scope.first is not None and scope.first < asked[0]:
            earlier = bucket_edges(scope.first, asked[0], grain, time_zone=scope.time_zone, week_start=week_start)[:-1]
        return cls(scope, [*earlier, *asked], len(earlier), birth, created)

    @property
    def rows(self) -> Table:
        """Events of somebody."""
        return self.scope.table.filter(self.scope.table.user_id.notnull())

    def births(self) -> Table:
        """Give when each person was created, in microseconds; null = unknown."""
        rows = self.rows.mutate(_created=_moment(self.rows, str(self.created)))
        rows = rows.mutate(_created=epoch_micros(rows, "_created"))
        return rows.group_by(list(self.scope.who)).aggregate(_created=rows["_created"].min())

    def unborn(self) -> tuple[str, ...]:
        """Say how many people nothing tells the creation of."""
        if self.birth != "entity_created":
            return ()
        births = self.births()
        people = self.scope.people_count(births.filter(births["_created"].isnull()))
        return (f"{people:,} people without {self.created} are never new.",) if people else ()

    def active(self) -> Table:
        """Give one row per person and period in which they were active, and whether they were created in it."""
        seen = with_bucket(self.rows, self.rows["_micros"], self.edges).select("bucket", *self.scope.who).distinct()
        if self.birth != "entity_created":
            return seen
        births = self.births()
        born = with_bucket(births, births["_created"], self.edges).select("bucket", *self.scope.who)
        both = seen.mutate(_active=1, _born=0).union(born.mutate(_active=0, _born=1))
        merged = both.group_by(["bucket", *self.scope.who]).aggregate(
            _active=both["_active"].max(), _born=both["_born"].max()
        )
        return merged.filter(merged["_active"] == 1)

    def states(self) -> Table:
        """Give one row per person, period and state; dormant people stand in the period they are missing from."""
        seen = self.active()
        person = ibis.window(group_by=list(self.scope.who), order_by="bucket")
        marked = seen.mutate(_before=seen.bucket.lag().over(person), _after=seen.bucket.lead().over(person))
        new = marked["_born"] == 1 if self.birth == "entity_created" else marked["_before"].isnull()
        state = ibis.cases((marked["_before"] == marked.bucket - 1, "returning"), (new, "new"), else_="resurrecting")
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


def _moment(rows: Table, name: str) -> Any:
    """Give the expression of a moment; of texts, those that are one."""
    value = field(rows, name, analysis="lifecycle")
    if value.type().is_string():
        return value.try_cast("timestamp('UTC')")
    if value.type().is_timestamp() or value.type().is_date():
        return value.cast("timestamp('UTC')")
    raise ArgumentError(f"created={name!r} holds {value.type()}, no moments", "Name a column of times or dates.")


def state_by_state(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a row per period and state (``users``) instead of a column per state; the order of states gives colours."""
    rows = frame.melt(id_vars=["time", "complete"], value_vars=list(STATES), var_name="state", value_name="users")
    return rows.assign(state=pd.Categorical(rows["state"], STATES, ordered=True))
