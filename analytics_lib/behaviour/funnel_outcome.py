"""From completions to counts: who reached which step, when, and in which group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.dialect_pass import completions
from analytics_lib.behaviour.funnel_events import FunnelEvents
from analytics_lib.behaviour.funnel_excluders import cuts
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.funnel_rules import Rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """One column per counted unit (or attempt), one row per step."""

    reached: Flags
    """Whether the unit reached the step."""
    time: tuple[Codes, ...]
    """When, in microseconds since 1970, step by step; meaningless where not reached."""
    person: Codes
    """Person of the entry; −1 = unknown."""
    people: pa.Table
    """Who each person is."""
    open: Flags
    """Not converted, and the window was still open when observation ended."""
    unit_of: Codes
    """Column of this outcome behind each membership below (one each, but under attribution "all")."""
    group_of: Codes
    """Group of each membership."""
    groups: pa.Table
    """Values of each group."""

    def members(self, group: int | None = None) -> Codes:
        """Give the columns of the units in a group; all of them without one."""
        return np.arange(self.reached.shape[1]) if group is None else self.unit_of[self.group_of == group]

    def people_table(self, members: Codes) -> pa.Table:
        """Give the distinct known people of some units as an Arrow table, sorted."""
        people = self.people.take(pa.array(self.people_of(members)))
        names = sorted(people.column_names, key=lambda name: name != "user_id")
        return people.select(names).sort_by([(name, "ascending") for name in names])

    def people_of(self, members: Codes) -> Codes:
        """Give the distinct known people of some units."""
        people = np.unique(self.person[members])
        return people[people >= 0]


def outcome_of(events: FunnelEvents, rules: Rules, *, attribution: str, observed_until: int | None) -> Outcome:
    """Find the completions that count and note what is needed to count them."""
    histories = events.histories
    found = completions(histories, rules, events.excluders)
    if (found[0, 1:] < found[0, :-1]).any():
        found = found[:, np.argsort(found[0], kind="stable")]
    path = _with_optional(events, rules, found)
    unit_of, group_of = _memberships(path, events.value, attribution, missing=_missing_group(events))
    return Outcome(
        reached=path >= 0,
        time=_times(histories.time, path),
        person=events.person[path[0]] if histories.size else path[0],
        people=events.people,
        open=_still_open(events, rules, found, observed_until),
        unit_of=unit_of,
        group_of=group_of,
        groups=events.groups,
    )


def _times(time: Codes, path: Codes) -> tuple[Codes, ...]:
    """Give the times of some events, row by row; anything where there is none."""
    found = tuple(np.zeros(len(row), dtype=np.int64) for row in path)
    for times, row in zip(found, path, strict=True):
        there = np.flatnonzero(row >= 0)
        times[there] = time.take(row.take(there))
    return found


def _with_optional(events: FunnelEvents, rules: Rules, found: Codes) -> Codes:
    """Add the optional steps: the earliest unused event between the steps around it."""
    path = np.full((len(rules.steps), found.shape[1]), -1, dtype=np.int64)
    path[list(rules.required)] = found
    for number, step in enumerate(rules.steps):
        if step.optional:
            path[number] = _optional_events(events, rules, path, number)
    return _before_exclusion(events, path, found)


def _before_exclusion(events: FunnelEvents, path: Codes, found: Codes) -> Codes:
    """Leave out what comes behind an excluding event, of those who had not converted by then."""
    histories, converted = events.histories, found[-1] >= 0
    if not events.excluders or not path.shape[1]:
        return path
    cut = cuts(histories, found, events.excluders)
    return np.where(converted | (histories.time[path] <= cut), path, -1)


def _optional_events(events: FunnelEvents, rules: Rules, path: Codes, number: int) -> Codes:
    histories, required = events.histories, rules.required
    previous = max(step for step in required if step < number)
    following = min((step for step in required if step > number), default=None)
    anchor = path[previous].copy()
    for step in range(previous + 1, number):
        anchor = np.where(path[step] >= 0, path[step], anchor)
    asked = np.flatnonzero(anchor >= 0)
    event = histories.next_of(number, histories.before(anchor[asked], rules.grace))
    for _ in range(len(rules.steps)):  # an event that serves another step is passed over
        taken = (path[:, asked] == event).any(axis=0)
        event = np.where(taken, histories.next_of(number, event), event)
    origin = path[0, asked] if rules.window_from == "entry" else anchor[asked]
    fits = histories.reaches(origin, event, rules.limit)
    if following is not None:
        limit = path[following, asked]
        times = np.append(histories.time, 0)
        fits &= (limit < 0) | (times[event] <= times[limit])
    answer = np.full(path.shape[1], -1, dtype=np.int64)
    answer[asked] = np.where(fits, event, -1)
    return answer


def _missing_group(events: FunnelEvents) -> int:
    """Give the number of the group of a missing value, which may have to be added."""
    missing = [column.is_null(nan_is_null=True) for column in events.groups.columns]
    place = reduce(pc.and_, missing).index(value=True).as_py()
    return events.groups.num_rows if place < 0 else int(place)


def _memberships(path: Codes, value: Codes, attribution: str, *, missing: int) -> tuple[Codes, Codes]:
    """Give which unit counts in which group."""
    units = np.arange(path.shape[1])
    if not len(value):
        return units, units
    if attribution == "all":
        values = np.where(path >= 0, value[path], -1)
        pairs = np.unique(np.stack([np.broadcast_to(units, path.shape).ravel(), values.ravel()]), axis=1)
        pairs = pairs[:, pairs[1] >= 0]
        return pairs[0], pairs[1]
    if attribution == "first":
        event = path[0]
    elif attribution == "last":
        event = path[0].copy()
        for row in path[1:]:
            event = np.where(row >= 0, row, event)
    else:
        event = path[int(attribution.split(":")[1]) - 1]
    return units, np.where(event >= 0, value[event], missing)


def _still_open(events: FunnelEvents, rules: Rules, found: Codes, observed_until: int | None) -> Flags:
    histories = events.histories
    unfinished = found[-1] < 0
    if observed_until is None or rules.limit is None or not histories.size:
        return unfinished
    anchor = found[0] if rules.window_from == "entry" else found.max(axis=0)
    if events.clock is None:
        return unfinished & (observed_until - histories.clock[anchor] < rules.limit)
    begun = events.clock.read(histories.unit[anchor], np.full(len(anchor), observed_until))
    return unfinished & (begun - histories.clock[anchor] <= rules.limit)  # the newest session may go on


def group_labels(groups: pa.Table, count: int) -> pd.DataFrame:
    """Give the values of each group; a group beyond the known ones is that of the missing value."""
    frame = groups.to_pandas()
    return frame.reindex(range(count)) if count > len(frame) else frame
