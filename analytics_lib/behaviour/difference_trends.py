"""From a number of a trend, of people or of events, to the people a funnel counts at a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.active_users import active_users, buckets_of, same_group
from analytics_lib.behaviour.difference_rules import View, changes, same, view
from analytics_lib.behaviour.difference_words import Reason, row_words
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import Step, read_steps
from analytics_lib.behaviour.scope import Scope, bucket_times, extended, group_columns, open_scope, within_range
from analytics_lib.engine.tables import Table, to_arrow
from analytics_lib.engine.times import with_bucket
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import grain_name
from analytics_lib.results import Result

Place = tuple[tuple[Reason, ...], pa.Table]
"""What was changed last, and the people counted after it."""

_RANGE: Final = ("events", "start", "end", "time_zone")
"""Arguments that a trend and a funnel have in common, in the order in which they are changed."""


@dataclass(frozen=True, slots=True)
class Surplus:
    """What a number counts beside each of its people once."""

    words: str
    people: pa.Table
    """Who is counted more than once; nobody where nobody is known."""
    count: int
    """How much of the number it is."""


def is_trend(result: Result) -> bool:
    """Tell whether a result counts people or events per bucket of time, and remembers its question."""
    return result.question is not None and result.question.analysis in {active_users, event_counts}


@dataclass(frozen=True)
class TrendNumber:
    """One number of a trend, or the sum of all of them, taken apart."""

    result: Result
    row: Mapping[str, Any]
    """Keys of its row; empty = the sum over the range."""

    def __post_init__(self) -> None:
        asked, value = self.asked, self.value
        if self.row and pd.isna(self.place[value]):
            raise ArgumentError(f"{value} is unknown in this row", "Name a row with a number.")
        if asked.get("weighted"):
            raise ArgumentError("weighted events stand for others nobody saw", "Count them without weighted=True.")

    @property
    def asked(self) -> Mapping[str, Any]:
        """The arguments of the trend."""
        return self.result.question.arguments if self.result.question is not None else {}

    @property
    def value(self) -> str:
        """The column of the number."""
        return "events" if self.counts_events else "users"

    @property
    def counts_events(self) -> bool:
        """Whether it is a number of events, not of people."""
        return "events" in self.result.frame

    @cached_property
    def place(self) -> dict[str, Any]:
        """The row of the number."""
        return self.result._row(self.row)

    @cached_property
    def surplus(self) -> tuple[Surplus, ...]:
        """What the number counts beside each person once."""
        if self.row and not self.counts_events:
            return ()
        grain, person = grain_name(self.asked["grain"]), self._per_person
        events, periods = (person[name].to_numpy() for name in ("_events", "_periods"))
        several = self._surplus(f"counted in more than one {grain}", periods - 1)
        if not self.counts_events:  # here the events are pairs of bucket and group
            words = f"counted in more than one group of {', '.join(self._by)} in a {grain}"
            groups = self._surplus(words, events - periods)
            return tuple(one for one in (groups, several) if one.count)
        nobody = Surplus("events without a user_id", self._people.slice(0, 0), self._events_of_nobody())
        repeated = self._surplus(f"more than one event in a {grain}", events - periods)
        return tuple(one for one in (nobody, repeated, several) if one.count)

    @property
    def people(self) -> pa.Table:
        """Everybody the number counts, once."""
        return self._people if self.counts_events or not self.row else self.result.people(**self.row)

    def way(self, goal: View) -> Iterator[Place]:
        """Go from the people of the number to those of a row of a funnel."""
        yield (), self.people
        yield from self._to_the_range()
        now = dict(self.asked)
        for name in _RANGE:
            if not same(now[name], goal.rules[name]):
                reason = Reason(name, now[name], goal.rules[name])
                now[name] = goal.rules[name]
                yield (reason,), _everybody(now)
        bare = _bare_funnel(goal)
        first = read_steps(goal.rules["steps"])[0]
        yield (Reason("asked", "any", str(first)),), bare.result().people(step=1)
        for change in changes(bare, goal):
            yield change.reasons, change.answer.people(**change.now.rules["row"])

    def _to_the_range(self) -> Iterator[Place]:
        """Leave the group, and then the bucket."""
        trailing, row = self.asked.get("trailing"), {"time": self.place["time"]} if self.row else {}
        if self._by and self.row:
            alone = self._again(row, by=None)
            yield (Reason("by", {name: self.place[name] for name in self._by}, None),), alone.people
        if trailing:
            alone = self._again(row, by=None, trailing=None)
            yield (Reason("trailing", trailing, None),), alone.people
        part = row_words({"time": self.place["time"]}) if self.row else "what was observed"
        if self.row or self._unobserved:
            yield (Reason("part", part, "all of it"),), _everybody(self.asked)

    def _again(self, row: Mapping[str, Any], **changes: object) -> TrendNumber:
        return TrendNumber(self.result.question.again(**changes), row)  # type: ignore[union-attr]

    @property
    def _by(self) -> tuple[str, ...]:
        return group_columns(self.asked.get("by"))

    @cached_property
    def _scope(self) -> Scope:
        return _scope(self.asked, self._by)

    @cached_property
    def _edges(self) -> list[datetime]:
        return self._scope.edges(grain_name(self.asked["grain"]), week_start=self.asked["week_start"])

    @property
    def _unobserved(self) -> bool:
        return bool(self.result.frame[self.value].isna().any())

    @cached_property
    def _rows(self) -> Table:
        """Give the events the number counts, with the bucket of each."""
        inside = self._scope.inside()
        if not self._edges:
            return inside.mutate(bucket=ibis.literal(0, "int64")).limit(0)  # no range, no buckets
        rows = with_bucket(inside, inside["_micros"], self._edges)
        times = bucket_times(self._edges)
        if self.row:
            place = times.tolist().index(self.place["time"])
            return same_group(rows.filter(rows.bucket == place), self.place, self._by)
        if self.asked.get("trailing"):
            rows = self._over_stretches()
        frame = self.result.frame
        known = set(frame.loc[frame[self.value].notna(), "time"])
        return rows.filter(rows.bucket.isin([place for place, time in enumerate(times) if time in known]))

    def _over_stretches(self) -> Table:
        """Give each row once for every bucket whose stretch it lies in."""
        grain = grain_name(self.asked["grain"])
        length = buckets_of(self.asked["trailing"], grain)
        history = extended(self._edges, grain, length - 1, time_zone=self._scope.time_zone)
        there = within_range(self._scope.table, replace(self._scope.asked, start=None))
        rows = with_bucket(there, there["_micros"], history).select("bucket", *self._scope.who, *self._by).distinct()
        again = ibis.memtable(pa.table({"_more": pa.array(range(1 - length, 1), pa.int64())}))
        return rows.cross_join(again).mutate(bucket=lambda row: row["bucket"] + row["_more"]).drop("_more")

    @cached_property
    def _per_person(self) -> pa.Table:
        rows = self._rows.filter(self._rows.user_id.notnull())
        if not self.counts_events:
            rows = rows.select("bucket", *self._scope.who, *self._by).distinct()
        counts = rows.group_by(list(self._scope.who)).aggregate(_events=rows.count(), _periods=rows.bucket.nunique())
        return to_arrow(counts)

    @property
    def _people(self) -> pa.Table:
        return self._per_person.select(list(self._scope.who))

    def _surplus(self, words: str, beside: np.ndarray[Any, np.dtype[np.int64]]) -> Surplus:
        return Surplus(words, self._people.filter(pa.array(beside > 0)), int(beside.sum()))

    def _events_of_nobody(self) -> int:
        return int(to_arrow(self._rows.filter(self._rows.user_id.isnull()).count()).as_py())


def _scope(asked: Mapping[str, Any], by: tuple[str, ...] = ()) -> Scope:
    return open_scope(
        asked["events"],
        ["user_id", "event_time", *by],
        analysis="explain_difference",
        count_unknown=False,
        start=asked["start"],
        end=asked["end"],
        observed_until=asked["observed_until"],
        time_zone=asked["time_zone"],
    )


def _everybody(asked: Mapping[str, Any]) -> pa.Table:
    """Give everybody with an event in the range."""
    scope = _scope(asked)
    return scope.people(scope.inside())


def _bare_funnel(goal: View) -> View:
    """Give the funnel of the same steps and range by our usual rules: its entrants did step 1 in the range."""
    given = goal.rules["steps"]
    steps: Any = given
    if any(step.anchored for step in read_steps(given)):
        steps = [replace(step, anchored=False) if isinstance(step, Step) else step for step in read_steps(given)]
    asked = {name: goal.rules[name] for name in (*_RANGE, "within")}
    return view(funnel(steps=steps, **asked), {"step": 1})
