"""PostHog's funnel: one pass over the events of a person, step by step, as its published engine does it.

Written as the engine works, moment by moment, because its answers at equal times, under exclusion and in
strict order follow from its bookkeeping and from no rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_excluders import Excluders
from analytics_lib.behaviour.funnel_pass import Histories
from analytics_lib.behaviour.funnel_rules import Rules


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far one entry got."""

    entry: int
    """Time of the entry."""
    path: tuple[int, ...] = ()
    """Events that served the steps."""
    excluded: bool = False
    """An excluding event came before the next step."""


@dataclass
class Walk:
    """The bookkeeping for one person."""

    steps: int
    limit: int | None
    strict: bool
    at: list[Attempt | None] = field(init=False)
    """The attempt that reached each step last; place 0 is the moment itself."""
    furthest: int = 0
    best: Attempt | None = None
    """The first attempt that got furthest."""

    def __post_init__(self) -> None:
        self.at = [None] * (self.steps + 1)

    def moment(self, time: int, events: list[int], matches: list[int], *, excluding: bool) -> bool:
        """Go through the events of one moment; True when all steps are done."""
        self.at[0] = Attempt(time)
        if excluding:
            self._exclude(time)
        if len(set(matches)) > 1:
            self._mixed(time, events, matches)
        else:
            for event, mask in zip(events, matches, strict=True):
                self._single(time, event, mask)
        return self.at[self.steps] is not None

    def _mixed(self, time: int, events: list[int], matches: list[int]) -> None:
        """Different events at one time serve steps in the order of the steps, each event once."""
        for step in range(1, self.steps + 1):
            for event, mask in zip(events, matches, strict=True):
                if mask >> (step - 1) & 1:
                    self._reach(step, time, event)

    def _single(self, time: int, event: int, mask: int) -> None:
        for step in range(self.steps, 0, -1):
            if mask >> (step - 1) & 1:
                self._reach(step, time, event)
        if self.strict:
            for step in range(1, self.steps + 1):
                if not mask >> (step - 1) & 1:
                    self.at[step] = None

    def _continuable(self, step: int, time: int) -> Attempt | None:
        """Give the attempt a step at this time continues: in its window, and not yet at the step."""
        before, there = self.at[step - 1], self.at[step]
        if before is None or (self.limit is not None and time - before.entry > self.limit):
            return None
        return None if there is not None and there.entry == before.entry else before

    def _reach(self, step: int, time: int, event: int) -> None:
        before = self._continuable(step, time)
        if before is None or event in before.path:
            return
        attempt = replace(before, path=(*before.path, event))
        if not attempt.excluded:
            self.at[step] = attempt
        if step > self.furthest or (step == self.furthest and self.best is not None and self.best.excluded):
            self.furthest, self.best = step, attempt

    def _exclude(self, time: int) -> None:
        for step in range(self.steps, 1, -1):
            before = self._continuable(step, time)
            if before is None or before.excluded:
                continue
            self.at[step - 1] = replace(before, excluded=True)
            best = self.best
            if best is not None and self.furthest == step - 1 and self._in_window(best, time):
                self.best = replace(best, excluded=True)

    def _in_window(self, attempt: Attempt, time: int) -> bool:
        return self.limit is None or time - attempt.entry <= self.limit


def posthog(histories: Histories, rules: Rules, excluders: Sequence[Excluders]) -> Codes:
    """Give the completion of each person that counts, one column each; who is excluded has none."""
    found = [path for path in _walked(histories, rules, excluders) if path]
    columns = np.full((len(rules.steps), len(found)), -1, dtype=np.int64)
    for number, path in enumerate(found):
        columns[: len(path), number] = path
    return columns


def _walked(histories: Histories, rules: Rules, excluders: Sequence[Excluders]) -> Iterator[tuple[int, ...]]:
    matches = np.where(histories.candidate, histories.matches, histories.matches & ~1)
    entering = np.unique(histories.segment[histories.candidate])
    starts = np.searchsorted(histories.segment, entering, side="left").tolist()
    ends = np.searchsorted(histories.segment, entering, side="right").tolist()
    for start, end in zip(starts, ends, strict=True):
        part = slice(start, end)
        walk = Walk(len(rules.steps), rules.limit, rules.order == "strict")
        excluding = [time for one in excluders for time in one.of_unit(int(histories.unit[start])).time]
        _go(walk, histories.time[part].tolist(), matches[part].tolist(), start, excluding)
        if walk.best is not None and not walk.best.excluded:
            yield walk.best.path


def _go(walk: Walk, times: list[int], matches: list[int], start: int, excluding: list[int]) -> None:
    """Go through the moments of one person, excluding events among them, until all steps are done."""
    moments: dict[int, list[int]] = {}
    for place, time in enumerate(times):
        moments.setdefault(time, []).append(place)
    times_excluded = Counter(excluding)
    for time in sorted({*moments, *excluding}) if excluding else moments:
        places = moments.get(time, [])
        # events of another kind at the same time hide an exclusion; in strict order the excluding ones are listed too
        effective = time in times_excluded and len(places) == (times_excluded[time] if walk.strict else 0)
        events = [start + place for place in places]
        if walk.moment(time, events, [matches[place] for place in places], excluding=effective):
            return
