"""When the steps of completions are cut off by events that exclude."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics_lib.behaviour.codes import Codes, first_above
from analytics_lib.behaviour.funnel_pass import Flags, Histories
from analytics_lib.behaviour.funnel_rules import Rules

NEVER = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Excluders:
    """Times of the events that exclude between the same two steps, ordered by unit and time."""

    unit: Codes
    time: Codes
    after: int = 0
    """Row of a path (a required step, from 0) behind which they exclude."""
    before: int = -1
    """Row up to which they exclude; where it is not reached, all that comes later counts."""

    def first_after(self, unit: Codes, moment: Codes) -> Codes:
        """Give the time of each unit's first such event strictly after a moment; a huge number = none."""
        place = np.searchsorted(self.unit, unit, side="left")
        end = np.searchsorted(self.unit, unit, side="right")
        place = first_above(self.time, place, end, moment)
        return np.where(place < end, np.append(self.time, NEVER)[place], NEVER)

    def at(self, unit: Codes, moment: Codes) -> Flags:
        """Tell whether a unit has such an event at exactly a moment."""
        return self.first_after(unit, moment - 1) == moment

    def of_unit(self, unit: int) -> UnitExcluders:
        """Give the times of one unit's events."""
        begin, end = np.searchsorted(self.unit, [unit, unit + 1])
        return UnitExcluders(self.time[begin:end].tolist(), self.after, self.before)

    def cut(self, histories: Histories, found: Codes) -> Codes:
        """Give when each completion is excluded first; a huge number = never."""
        begin, end = found[self.after], found[self.before]
        moment = self.first_after(histories.unit[found[0]], histories.time[begin])
        inside = (begin >= 0) & ((end < 0) | (moment < histories.time[end]))
        return np.where(inside, moment, NEVER)


@dataclass(frozen=True, slots=True)
class UnitExcluders:
    """The same for one unit, where completions are searched one by one."""

    time: Sequence[int]
    after: int
    before: int

    def cut(self, times: Sequence[int], steps: int) -> int:
        """Give when a completion with these times (of so many steps in all) is excluded first."""
        before = self.before % steps
        if len(times) <= self.after:
            return NEVER
        place = bisect_right(self.time, times[self.after])
        moment = self.time[place] if place < len(self.time) else NEVER
        return moment if before >= len(times) or moment < times[before] else NEVER


def cuts(histories: Histories, found: Codes, excluders: Iterable[Excluders]) -> Codes:
    """Give when each completion is excluded first, by whatever; a huge number = never."""
    earliest = np.full(found.shape[1], NEVER)
    for one in excluders:
        np.minimum(earliest, one.cut(histories, found), out=earliest)
    return earliest


def without_excluded(histories: Histories, rules: Rules, found: Codes, excluders: Sequence[Excluders]) -> Codes:
    """Apply the effect of exclusion to chosen completions."""
    if not excluders or not found.shape[1]:
        return found
    cut = cuts(histories, found, excluders)
    times = np.where(found >= 0, histories.time[found], -NEVER)
    if rules.exclude_effect == "drop_entity":
        return found[:, ~(cut < times.max(axis=0))]
    kept = np.logical_and.accumulate(times <= cut, axis=0)  # with grace a later step may lie before the cut
    return np.where(kept, found, -1)
