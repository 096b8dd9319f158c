"""Find completions of one unit by careful search, where events of equal time can serve several steps.

Events of equal time are interchangeable, so which of them serves which step is a choice. The array
pass makes it by sorting; here it is searched, in the order of the definition: deepest first, then earliest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from analytics_lib.behaviour.funnel_rules import Rules

Path = list[int]


@dataclass
class Search:
    """The events of one unit (and held value), in order of time."""

    time: Sequence[int]
    clock: Sequence[int]
    matches: Sequence[int]
    rules: Rules
    held: Sequence[int] | None = None
    """Held value of each event, for strict order."""
    steps: tuple[int, ...] = field(init=False)
    can_be: dict[int, list[int]] = field(init=False)
    """Positions of the events that can be a step."""

    def __post_init__(self) -> None:
        self.steps = self.rules.required
        self.can_be = {step: [at for at, mask in enumerate(self.matches) if mask >> step & 1] for step in self.steps}

    def path_from(self, entry: int, *, used: Set[int] = frozenset()) -> Path:
        """Give the deepest, then earliest, completion that starts with the event at `entry`."""
        if self.rules.order == "any":
            return self._any_path(entry, used)
        self._visited: set[tuple[object, ...]] = set()
        self._best: Path = [entry]
        search = self._strict if self.rules.order == "strict" else self._ordered
        search([entry], used)
        return self._best

    def _ordered(self, path: Path, used: Set[int]) -> bool:
        """Lengthen a path in every way, earliest first; True when all steps are done."""
        if len(path) > len(self._best):
            self._best = list(path)
        if len(path) == len(self.steps):
            return True
        earliest = self.time[path[-1]] - self.rules.grace
        reach = earliest - self.rules.grace * len(self.steps)
        state = (len(path), path[-1], frozenset(at for at in path if self.time[at] >= reach))
        if state in self._visited:
            return False
        self._visited.add(state)
        return any(self._ordered([*path, at], used) for at in self._continuations(path, earliest, used))

    def _continuations(self, path: Path, earliest: int, used: Set[int]) -> Iterator[int]:
        events = self.can_be[self.steps[len(path)]]
        origin = path[0] if self.rules.window_from == "entry" else path[-1]
        only_first = self.rules.window_from == "entry" and not self.rules.grace
        found_at: int | None = None
        for place in range(bisect_left(events, earliest, key=self.time.__getitem__), len(events)):
            at = events[place]
            if not self._in_window(origin, at):
                return
            if found_at is not None and only_first and self.time[at] != found_at:
                return  # a later event can do nothing that the earliest ones can't
            if at not in path and at not in used:
                found_at = self.time[at]
                yield at

    def _in_window(self, origin: int, at: int) -> bool:
        limit = self.rules.limit
        return limit is None or self.clock[at] - self.clock[origin] <= limit

    def _strict(self, path: Path, used: Set[int]) -> bool:
        """Lengthen a path by neighbours: the rest of this moment, or the next one when this is used up."""
        if len(path) > len(self._best):
            self._best = list(path)
        if len(path) == len(self.steps):
            return True
        state = (len(path), frozenset(at for at in path if self.time[at] == self.time[path[-1]]), path[0])
        if state in self._visited:
            return False
        self._visited.add(state)
        return any(self._strict([*path, at], used) for at in self._neighbours(path, used))

    def _neighbours(self, path: Path, used: Set[int]) -> Iterator[int]:
        here = self._moment(path[-1])
        may_leave = self.time[path[-1]] == self.time[path[0]] or all(at in path for at in here)
        following = self._moment(here[-1] + 1) if may_leave and here[-1] + 1 < len(self.time) else []
        origin = path[0] if self.rules.window_from == "entry" else path[-1]
        for at in [*here, *following]:
            fits = self.matches[at] >> self.steps[len(path)] & 1 and at not in path and at not in used
            same = self.held is None or self.held[at] == self.held[path[0]]
            if fits and same and self._in_window(origin, at):
                yield at

    def _moment(self, at: int) -> list[int]:
        """Give the positions of all events at the time of one."""
        first = last = at
        while first > 0 and self.time[first - 1] == self.time[at]:
            first -= 1
        while last + 1 < len(self.time) and self.time[last + 1] == self.time[at]:
            last += 1
        return list(range(first, last + 1))

    def _any_path(self, entry: int, used: Set[int]) -> Path:
        """Add events in order of time wherever that serves one more step (a matching grows by one each time)."""
        path: Path = []
        turns = Turns(self)
        moment = [entry, *self._moment(entry)]
        while moment and len(path) < len(self.steps) and self._in_window(entry, moment[-1]):
            served = next((at for at in moment if at not in path and at not in used and turns.serve(at)), None)
            if served is not None:
                path.append(served)
            else:
                following = moment[-1] + 1
                moment = self._moment(following) if following < len(self.time) else []
        return path


@dataclass
class Turns:
    """Which steps are served by which events, where those of a block come in any order and blocks in turn."""

    search: Search
    serving: dict[int, int] = field(default_factory=dict)
    begun: list[int | None] = field(default_factory=lambda: [None])
    """From when on each block so far could be served; it was finished when the next one began."""

    def serve(self, at: int) -> bool:
        """Serve one more step by an event no earlier than the others, if there is a way; the others may change."""
        if not self._reroute(at, set()):
            return False
        block = self.search.rules.blocks[len(self.begun) - 1]
        if all(step in self.serving for step in block):
            self.begun.append(self.search.time[at])
        return True

    def _reroute(self, at: int, seen: set[int]) -> bool:
        for step in self._in_turn(at):
            if not self.search.matches[at] >> step & 1 or step in seen:
                continue
            seen.add(step)
            if step not in self.serving or self._reroute(self.serving[step], seen):
                self.serving[step] = at
                return True
        return False

    def _in_turn(self, at: int) -> Iterator[int]:
        """Give the steps that an event may serve by its time."""
        time, ends = self.search.time[at], [*self.begun[1:], None]
        for block, begin, end in zip(self.search.rules.blocks, self.begun, ends, strict=False):
            if (begin is None or time >= begin) and (end is None or time <= end):
                yield from block
