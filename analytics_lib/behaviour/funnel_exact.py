"""Find completions of one unit by careful search, where events of equal time can serve several steps.

Events of equal time are interchangeable, so which of them serves which step is a choice. The array
pass makes it by sorting; here it is searched, in the order of the definition: deepest first, then earliest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain, groupby, repeat

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
    lines: dict[int, Line] = field(init=False)
    """The events that can be a step."""
    everything: Line = field(init=False)
    """All events."""

    def __post_init__(self) -> None:
        self.steps = self.rules.required
        self._begin_anew(frozenset())

    def _begin_anew(self, used: Set[int]) -> None:
        """Make lines of events; what they remember holds for one set of used events, which only grows."""
        self._used = used
        positions = range(len(self.time))
        kinds = list(zip(self.time, self.matches, self.held or repeat(0), strict=False))
        self.everything = Line(list(positions), kinds)
        self.lines = {
            step: Line([at for at in positions if self.matches[at] >> step & 1], kinds) for step in self.steps
        }
        self._bounds = moments(self.time)

    def path_from(self, entry: int, *, used: Set[int] = frozenset()) -> Path:
        """Give the deepest, then earliest, completion that starts with the event at `entry`."""
        if used is not self._used:
            self._begin_anew(used)
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
        line = self.lines[self.steps[len(path)]]
        origin = path[0] if self.rules.window_from == "entry" else path[-1]
        only_first = self.rules.window_from == "entry" and not self.rules.grace
        found_at: int | None = None
        place = line.free(bisect_left(line.events, earliest, key=self.time.__getitem__), used)
        while place < len(line.events) and self._in_window(origin, line.events[place]):
            at = line.events[place]
            if found_at is not None and only_first and self.time[at] != found_at:
                return  # a later event can do nothing that the earliest ones can't
            if at in path:
                place = line.free(place + 1, used)
                continue
            found_at = self.time[at]
            yield at
            place = line.free(line.ends[place], used)  # what can't go on with this one can't with its like

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
        here = self._bounds[path[-1]]
        may_leave = self.time[path[-1]] == self.time[path[0]] or all(at in path for at in range(*here))
        following = self._bounds[here[1]] if may_leave and here[1] < len(self.time) else (0, 0)
        origin = path[0] if self.rules.window_from == "entry" else path[-1]
        for at in chain(self._unlike(here, path, used), self._unlike(following, path, used)):
            fits = self.matches[at] >> self.steps[len(path)] & 1
            same = self.held is None or self.held[at] == self.held[path[0]]
            if fits and same and self._in_window(origin, at):
                yield at

    def _unlike(self, moment: tuple[int, int], path: Path, used: Set[int]) -> Iterator[int]:
        """Give the first free event of each kind of a moment."""
        place = self.everything.free(moment[0], used)
        while place < moment[1]:
            if place in path:
                place = self.everything.free(place + 1, used)
                continue
            yield place
            place = self.everything.free(self.everything.ends[place], used)

    def _any_path(self, entry: int, used: Set[int]) -> Path:
        """Add events in order of time wherever that serves one more step (a matching grows by one each time)."""
        path: Path = []
        turns = Turns(self)
        if turns.serve(entry):
            path.append(entry)
        begin = self._bounds[entry][0]
        while begin < len(self.time) and len(path) < len(self.steps) and self._in_window(entry, begin):
            served = next((at for at in self._unlike(self._bounds[begin], path, used) if turns.serve(at)), None)
            if served is not None:
                path.append(served)
            else:
                begin = self._bounds[begin][1]
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


class Line:
    """Events in order, with runs of those that are alike, which finds the next free one without asking all again."""

    def __init__(self, events: list[int], kinds: Sequence[object]) -> None:
        """Take positions of events, and what each event of the unit is."""
        self.events = events
        self.ends = list(range(1, len(events) + 1))
        """Behind the run of each place."""
        for place in range(len(events) - 2, -1, -1):
            if kinds[events[place]] == kinds[events[place + 1]]:
                self.ends[place] = self.ends[place + 1]
        self._next = list(range(len(events) + 1))

    def free(self, place: int, used: Set[int]) -> int:
        """Give the first place from here on whose event is not used; `used` may only grow from call to call."""
        found = place
        while found < len(self.events) and (self._next[found] != found or self.events[found] in used):
            if self._next[found] == found:
                self._next[found] = found + 1
            found = self._next[found]
        while place < found:  # the next who asks comes straight here
            self._next[place], place = found, self._next[place]
        return found


def moments(time: Sequence[int]) -> list[tuple[int, int]]:
    """Give for each event where the events of its time begin, and end.

    Examples
    --------
    >>> moments([3, 5, 5])
    [(0, 1), (1, 3), (1, 3)]
    """
    bounds = []
    for _, group in groupby(range(len(time)), key=time.__getitem__):
        positions = list(group)
        bounds += [(positions[0], positions[-1] + 1)] * len(positions)
    return bounds
