"""Find completions for all units at once: jumps from event to event over arrays sorted by unit and time.

Exact where every group of equal-time events has one best order (events sorted by step); the few units
where it has not are solved one by one in ``funnel_exact``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics_lib.behaviour.codes import Codes, first_above
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.row_order import assert_sorted

Flags = NDArray[np.bool_]

_NEVER = np.iinfo(np.int64).max // 4
_STEPS_BACK = 8
"""Events looked at one by one before a search among all: most people have few within the grace."""


@dataclass(frozen=True)
class Histories:
    """Events of many units, ordered by segment, time and step."""

    segment: Codes
    """Events of one completion share it: the unit, or unit and held value."""
    unit: Codes
    """Whose events they are."""
    time: Codes
    """Microseconds since 1970."""
    clock: Codes
    """What the window measures: the time, or the number of the session."""
    matches: Codes
    """Bit j set: the event can be step j."""
    candidate: Flags
    """The event may be an entry: matches, in the range, first ever where asked for."""
    held: Codes | None = None
    """Held value of each event, where segments do not separate them (strict order)."""

    def __post_init__(self) -> None:
        assert_sorted(self.segment, self.time)

    @property
    def size(self) -> int:
        """Number of events; also the position that means "none"."""
        return len(self.time)

    @cached_property
    def group_start(self) -> Codes:
        """First position of the events of equal time, for each event."""
        if not self.size:
            return np.zeros(0, dtype=np.int64)
        other = (self.segment[1:] != self.segment[:-1]) | (self.time[1:] != self.time[:-1])
        first = np.append(0, np.flatnonzero(other) + 1)
        return np.repeat(first, np.diff(first, append=self.size))

    def positions(self, step: int) -> Codes:
        """Give the positions of the events that can be a step."""
        if self._by_step is not None:
            order, bounds = self._by_step
            return order[bounds[step] : bounds[step + 1]]
        if step not in self._found:
            self._found[step] = np.flatnonzero((self.matches & (1 << step)) != 0)
        return self._found[step]

    @cached_property
    def _found(self) -> dict[int, Codes]:
        return {}

    @cached_property
    def _by_step(self) -> tuple[Codes, Codes] | None:
        """Positions by step, and where each begins among them; None where an event can be two, or steps are few.

        One sort takes as long as going through the events ten times.
        """
        if int(self.matches.max(initial=0)) < 1 << 10 or (self.matches & (self.matches - 1)).any():
            return None
        steps = np.frexp(self.matches)[1].astype(np.uint16)  # 0 = no step
        return np.argsort(steps, kind="stable"), np.cumsum(np.bincount(steps, minlength=65))

    @cached_property
    def _segment_or_none(self) -> Codes:
        return np.append(self.segment, -1)

    @cached_property
    def _clock_or_none(self) -> Codes:
        return np.append(self.clock, _NEVER)

    def next_of(self, step: int, after: Codes) -> Codes:
        """Give the first event behind each position that can be a step; ``size`` where there is none."""
        return _next_in(self.positions(step), after, self.size)

    def reaches(self, start: Codes, end: Codes, limit: int | None) -> Flags:
        """Tell whether `end` lies in the segment of `start`, and within the window from it."""
        same = self._segment_or_none.take(end) == self.segment.take(start)
        return same if limit is None else same & (self._clock_or_none.take(end) - self.clock.take(start) <= limit)

    def before(self, position: Codes, grace: int) -> Codes:
        """Give the position in front of all events of the segment that come at most `grace` earlier."""
        first = position.copy()
        moving = np.arange(len(first))
        for _ in range(_STEPS_BACK):
            at = first[moving] - 1
            inside = (at >= 0) & (self.segment[at] == self.segment[position[moving]])
            inside &= self.time[at] >= self.time[position[moving]] - grace
            moving = moving[inside]
            if not len(moving):
                return first - 1
            first[moving] -= 1
        rest = position[moving]
        first[moving] = first_above(self.time, self._segment_begin[rest], rest, self.time[rest] - grace - 1)
        return first - 1

    @cached_property
    def _segment_begin(self) -> Codes:
        """First position of the segment of each event."""
        new = np.ones(self.size, dtype=bool)
        new[1:] = self.segment[1:] != self.segment[:-1]
        return np.maximum.accumulate(np.where(new, np.arange(self.size), 0))


def _next_in(sorted_positions: Codes, after: Codes, none: int) -> Codes:
    place = np.searchsorted(sorted_positions, after, side="right")
    return np.append(sorted_positions, none).take(place)


def levels(histories: Histories, rules: Rules, entries: Codes) -> Codes:
    """Give how many required steps the completion from each entry attains."""
    if rules.order == "any":
        found = np.zeros(len(entries), dtype=np.int64)
        for event in _any_events(histories, rules, entries):
            found += event < histories.size
        return found
    if rules.window_from == "previous_step" and rules.order == "ordered":
        return _levels_stepwise(histories, rules, entries)
    level = np.ones(len(entries), dtype=np.int64)
    for number, alive, _ in _advances(histories, rules, entries):
        level[alive] = number + 1
    return level


def paths(histories: Histories, rules: Rules, entries: Codes, level: Codes) -> Codes:
    """Give the positions of the events of each completion, one row per required step; −1 = not reached."""
    if rules.order == "any":
        events = np.sort(np.array(list(_any_events(histories, rules, entries))), axis=0)
        return np.where(events < histories.size, events, -1)
    path = np.full((len(rules.required), len(entries)), -1, dtype=np.int64)
    path[0] = entries
    if rules.window_from == "previous_step" and rules.order == "ordered":
        _fill_stepwise(path, histories, rules, level)
        return path
    for number, alive, event in _advances(histories, rules, entries):
        path[number, alive] = event
    return path


def _advances(histories: Histories, rules: Rules, entries: Codes) -> Iterator[tuple[int, Codes, Codes]]:
    """Go from step to step, always to the earliest event; yield which entries got there, and where."""
    alive, current = np.arange(len(entries)), entries
    for number, step in enumerate(rules.required[1:], start=1):
        event = _next_event(histories, rules, step, current)
        origin = entries[alive] if rules.window_from == "entry" else current
        reached = histories.reaches(origin, event, rules.limit)
        alive, current = alive.compress(reached), event.compress(reached)  # six times faster than by a mask
        if not len(alive):
            return
        yield number, alive, current


def _next_event(histories: Histories, rules: Rules, step: int, current: Codes) -> Codes:
    if rules.order != "strict":
        after = histories.before(current, rules.grace) if rules.grace else current
        return histories.next_of(step, after)
    event = np.minimum(current + 1, histories.size)
    fits = np.append(histories.matches, 0)[event] & (1 << step) > 0
    if histories.held is not None:
        fits &= np.append(histories.held, -1)[event] == histories.held[current]
    return np.where(fits, event, histories.size)


def _feasible(histories: Histories, rules: Rules, level: int) -> list[Codes]:
    """Give, for each required step up to `level`, the events from which that level can be reached."""
    sets = [histories.positions(rules.required[level - 1])]
    for step in reversed(rules.required[: level - 1]):
        here = histories.positions(step)
        after = histories.before(here, rules.grace) if rules.grace else here
        following = _next_in(sets[0], after, histories.size)
        sets.insert(0, here[histories.reaches(here, following, rules.limit)])
    return sets


def _levels_stepwise(histories: Histories, rules: Rules, entries: Codes) -> Codes:
    level = np.ones(len(entries), dtype=np.int64)
    for asked in range(2, len(rules.required) + 1):
        first = _feasible(histories, rules, asked)[0]
        level[np.isin(entries, first, assume_unique=True)] = asked
    return level


def _fill_stepwise(path: Codes, histories: Histories, rules: Rules, level: Codes) -> None:
    """Follow the earliest events from which the level can still be reached."""
    for attained in np.unique(level[level > 1]):
        columns = np.flatnonzero(level == attained)
        current = path[0, columns]
        for number, events in enumerate(_feasible(histories, rules, int(attained))[1:], start=1):
            after = histories.before(current, rules.grace) if rules.grace else current
            current = _next_in(events, after, histories.size)
            path[number, columns] = current


def _any_events(histories: Histories, rules: Rules, entries: Codes) -> Iterator[Codes]:
    """Give, step by step, the earliest event in its turn at or after each entry's time; ``size`` = none in the window.

    Steps that are the same step need as many different events: the second takes the second, and so on. Steps of the
    next block stand behind the last event of the one before: events of equal time are sorted by step.
    """
    start = histories.group_start[entries] - 1
    for block in rules.blocks:
        last = start
        for place, step in enumerate(block):
            same_before = sum(rules.steps[other].same_as(rules.steps[step]) for other in block[:place])
            events = histories.positions(step)
            turn = np.searchsorted(events, start, side="right") + same_before
            event = np.append(events, histories.size)[np.minimum(turn, len(events))]
            event = np.where(histories.reaches(entries, event, rules.limit), event, histories.size)
            last = np.maximum(last, event)
            yield event
        start = last
