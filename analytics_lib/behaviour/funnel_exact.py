"""Find completions of one unit by careful search, where events of equal time can serve several steps.

Events of equal time are interchangeable, so which of them serves which step is a choice. The array
pass makes it by sorting; here it is searched, in the order of the definition: deepest first, then earliest.
Where nothing but the moment decides which event comes next, no search is needed (``funnel_together``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import repeat

from analytics_lib.behaviour.funnel_lines import Line, moments
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_together import Together
from analytics_lib.behaviour.funnel_turns import Turns

Path = list[int]
Place = tuple[int, int, int]


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
    at_once: dict[Place, Line] = field(init=False)
    """The events of one moment (where it begins) and held value that can be a step, for strict order."""

    def __post_init__(self) -> None:
        self.steps, self._blocks = self.rules.required, self.rules.blocks
        self._bounds = moments(self.time)
        self._kinds = list(zip(self.time, self.matches, self.held or repeat(0), strict=False))
        self._begin_anew(frozenset())

    def _begin_anew(self, used: Set[int]) -> None:
        """Make lines of events; what they remember holds for one set of used events, which only grows."""
        self._used = used
        positions = range(len(self.time))
        self.lines = {
            step: Line([at for at in positions if self.matches[at] >> step & 1], self._kinds) for step in self.steps
        }
        self.at_once = self._lines_at_once() if self.rules.order == "strict" else {}

    def _lines_at_once(self) -> dict[Place, Line]:
        found: dict[Place, list[int]] = {}
        for step, line in self.lines.items():
            for at in line.events:
                found.setdefault((self.moment_of(at)[0], self.held_of(at), step), []).append(at)
        return {place: Line(events, self._kinds) for place, events in found.items()}

    def moment_of(self, at: int) -> tuple[int, int]:
        """Give where the events of equal time begin, and where they end."""
        return self._bounds[at]

    def held_of(self, at: int) -> int:
        """Give the held value of an event; the same of all where none is held."""
        return 0 if self.held is None else self.held[at]

    def unlike(self, entries: Sequence[int]) -> list[int]:
        """Give the first entry of each kind: the others begin the same completions."""
        first: dict[object, int] = {}
        for entry in entries:
            first.setdefault(self._kinds[entry], entry)
        return list(first.values())

    def most_from(self, entry: int) -> int:
        """Give the most steps that a completion from an entry can have, if one event could serve several."""
        earliest, level = self.time[entry] - self.rules.grace * len(self.steps), 0
        begin = bisect_left(self.time, earliest) if self.rules.grace else self.moment_of(entry)[0]
        for block in self._blocks:
            there = sum(self._is_met(step, begin, entry) for step in block)
            level += there
            if there < len(block):
                break
        return level

    def _is_met(self, step: int, begin: int, entry: int) -> bool:
        events = self.lines[step].events
        place = bisect_left(events, begin)
        anywhere = self.rules.window_from != "entry"
        return place < len(events) and (anywhere or self.in_window(entry, events[place]))

    def path_from(self, entry: int, *, used: Set[int] = frozenset()) -> Path:
        """Give the deepest, then earliest, completion that starts with the event at `entry`."""
        if used is not self._used:
            self._begin_anew(used)
        if self.rules.order == "any":
            return self._any_path(entry, used)
        if self.rules.order == "ordered" and self.rules.window_from == "entry" and not self.rules.grace:
            return Together(self, used).path_from(entry)
        self._visited: dict[tuple[object, ...], list[int]] = {}
        self._best: Path = [entry]
        self._best_times = [self.time[entry]]
        self._most = self.most_from(entry)
        search = self._strict if self.rules.order == "strict" else self._ordered
        search([entry], used)
        return self._best

    def _ordered(self, path: Path, used: Set[int]) -> None:
        """Lengthen a path in every way, earliest first."""
        earliest = self.time[path[-1]] - self.rules.grace
        reach = earliest - self.rules.grace * len(self.steps)
        if self._goes_on(path, (len(path), path[-1], frozenset(at for at in path if self.time[at] >= reach))):
            for at in self._continuations(path, earliest, used):
                if self._is_beaten(path, at):
                    return
                self._ordered([*path, at], used)

    def _goes_on(self, path: Path, state: tuple[object, ...]) -> bool:
        """Note a path that is the best so far, and tell whether to lengthen it: not twice from one state."""
        times = [self.time[at] for at in path]
        if (-len(path), times) < (-len(self._best), self._best_times):
            self._best, self._best_times = path, times
        before = self._visited.get(state)
        if len(path) == self._most or (before is not None and before <= times):
            return False
        self._visited[state] = times
        return True

    def _is_beaten(self, path: Path, at: int) -> bool:
        """Tell whether a path of all steps is earlier than any can be that goes on with this event, or a later one."""
        times = [*(self.time[event] for event in path), self.time[at]]
        return len(self._best) == self._most and times > self._best_times[: len(times)]

    def _continuations(self, path: Path, earliest: int, used: Set[int]) -> Iterator[int]:
        line = self.lines[self.steps[len(path)]]
        origin = self._origin(path)
        place = line.free(bisect_left(line.events, earliest, key=self.time.__getitem__), used)
        while place < len(line.events) and self.in_window(origin, line.events[place]):
            at = line.events[place]
            if at in path:
                place = line.free(place + 1, used)
                continue
            yield at
            place = line.free(line.ends[place], used)  # what can't go on with this one can't with its like

    def _origin(self, path: Path) -> int:
        return path[0] if self.rules.window_from == "entry" else path[-1]

    def in_window(self, origin: int, at: int) -> bool:
        """Tell whether an event lies in the window from another one."""
        limit = self.rules.limit
        return limit is None or self.clock[at] - self.clock[origin] <= limit

    def _strict(self, path: Path, used: Set[int]) -> None:
        """Lengthen a path by neighbours: the rest of this moment, or the next one when this is used up."""
        state = (len(path), frozenset(at for at in path if self.time[at] == self.time[path[-1]]), path[0])
        if self._goes_on(path, state):
            for at in self._neighbours(path, used):
                if self._is_beaten(path, at):
                    return
                self._strict([*path, at], used)

    def _neighbours(self, path: Path, used: Set[int]) -> Iterator[int]:
        here = self.moment_of(path[-1])
        may_leave = self.time[path[-1]] == self.time[path[0]] or all(at in path for at in range(*here))
        origin = self._origin(path)
        for begin in (here[0], here[1]) if may_leave else (here[0],):
            line = self.at_once.get((begin, self.held_of(path[0]), self.steps[len(path)]))
            if line is not None and self.in_window(origin, begin):
                yield from self._free_ones(line, path, used)

    @staticmethod
    def _free_ones(line: Line, path: Path, used: Set[int]) -> Iterator[int]:
        """Give the first free event of each kind."""
        place = line.free(0, used)
        while place < len(line.events):
            if line.events[place] in path:
                place = line.free(place + 1, used)
                continue
            yield line.events[place]
            place = line.free(line.ends[place], used)

    def _any_path(self, entry: int, used: Set[int]) -> Path:
        """Add events in order of time wherever that serves one more step (a matching grows by one each time)."""
        turns = Turns(self.time, self.matches, self._blocks)
        path = [entry] if turns.serve(entry) else []
        begin = self.moment_of(entry)[0]
        while len(path) < len(self.steps):
            at = turns.next_event(begin, self.lines, used)
            if at is None or not self.in_window(entry, at):
                break
            if turns.serve(at):
                path.append(at)
            begin = self.moment_of(at)[0]
        return path
