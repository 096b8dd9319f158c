"""Which events serve which steps, where steps may change places: as many as can be, the earliest events first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from analytics_lib.behaviour.funnel_lines import Line


@dataclass
class Turns:
    """Which steps are served by which events, where those of a block come in any order and blocks in turn."""

    time: Sequence[int]
    matches: Sequence[int]
    blocks: Sequence[Sequence[int]]
    serving: dict[int, int] = field(default_factory=dict)
    """The event that serves each step so far."""
    begun: list[int | None] = field(default_factory=lambda: [None])
    """From when on each block so far could be served; it was finished when the next one began."""
    closed: set[int] = field(default_factory=set)
    """Steps through which no further event can be served, until another block begins."""

    def serve(self, at: int) -> bool:
        """Serve one more step by an event no earlier than the others, if there is a way; the others may change."""
        seen: set[int] = set()
        if not self._reroute(at, seen):
            self.closed |= seen  # their events can be no other steps, so that the next one finds no way there either
            return False
        if all(step in self.serving for step in self.blocks[len(self.begun) - 1]):
            self.begun.append(self.time[at])
            self.closed.clear()
        return True

    def _reroute(self, at: int, seen: set[int]) -> bool:
        for step in self._in_turn(at):
            if not self.matches[at] >> step & 1 or step in seen:
                continue
            seen.add(step)
            if step not in self.serving or self._reroute(self.serving[step], seen):
                self.serving[step] = at
                return True
        return False

    def _in_turn(self, at: int) -> Iterator[int]:
        """Give the steps that an event may serve by its time."""
        time = self.time[at]
        for block, begin, end in self._stretches():
            if (begin is None or time >= begin) and (end is None or time <= end):
                yield from block

    def _stretches(self) -> Iterator[tuple[Sequence[int], int | None, int | None]]:
        return zip(self.blocks, self.begun, [*self.begun[1:], None], strict=False)

    def next_event(self, begin: int, lines: dict[int, Line], used: Set[int]) -> int | None:
        """Give the first event from a position on that may be served, and serves no step yet.

        It is asked for by step, not event by event: most events are like one that had its chance.
        """
        found: int | None = None
        for block, _, end in self._stretches():
            for step in block:
                if step in self.closed:
                    continue
                at = self._first_idle(lines[step], begin, used)
                if at is not None and (end is None or self.time[at] <= end) and (found is None or at < found):
                    found = at
        return found

    def _first_idle(self, line: Line, begin: int, used: Set[int]) -> int | None:
        busy = self.serving.values()
        place = line.free(bisect_left(line.events, begin), used)
        while place < len(line.events) and line.events[place] in busy:
            place = line.free(place + 1, used)
        return line.events[place] if place < len(line.events) else None
