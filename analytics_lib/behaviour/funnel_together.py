"""The earliest completion of ordered steps, where several events of one moment can serve several steps.

Who serves more steps by the events of this moment is at least as far later on: all that comes behind is left to them.
So each moment serves as many steps as it can (a matching, lengthened step by step), and only then the next one does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

from analytics_lib.behaviour.funnel_lines import Line


class Events(Protocol):
    """The events of one unit, in order of time."""

    matches: Sequence[int]
    steps: tuple[int, ...]
    lines: dict[int, Line]

    def moment_of(self, at: int) -> tuple[int, int]:
        """Give where the events of equal time begin, and where they end."""

    def in_window(self, origin: int, at: int) -> bool:
        """Tell whether an event lies in the window from another one."""


@dataclass(slots=True)
class Together:
    """One completion in the making; its window starts at the entry, and it has no grace."""

    events: Events
    used: Set[int]
    """Events that serve other completions."""
    path: list[int] = field(default_factory=list)
    """The event of each step so far."""
    _first: int = 0
    """First step of this moment whose event may still be exchanged."""
    _moment: tuple[int, int] = (0, 0)

    def path_from(self, entry: int) -> list[int]:
        """Give the deepest, then earliest, completion that starts with the event at `entry`."""
        self.path, self._first, self._moment = [entry], 1, self.events.moment_of(entry)  # the entry keeps its step
        while len(self.path) < len(self.events.steps):
            if self._serve(len(self.path), set()):
                continue
            at = self._free(len(self.path), self._moment[1])
            if at is None or not self.events.in_window(entry, at):
                break
            self._first, self._moment = len(self.path), self.events.moment_of(at)
            self.path.append(at)
        return self.path

    def _serve(self, place: int, asked: set[int]) -> bool:
        """Serve a step by an event of this moment, if there is a way; other steps may take another one."""
        at = self._free(place, self._moment[0])
        if at is not None and at < self._moment[1]:
            self.path[place : place + 1] = [at]
            return True
        step = 1 << self.events.steps[place]
        for other in range(self._first, len(self.path)):
            at = self.path[other]
            if other == place or other in asked or not self.events.matches[at] & step:
                continue
            asked.add(other)
            if self._serve(other, asked):
                self.path[place : place + 1] = [at]
                return True
        return False

    def _free(self, place: int, begin: int) -> int | None:
        """Give the first event from `begin` on that can be a step and serves none."""
        line = self.events.lines[self.events.steps[place]]
        found = line.free(bisect_left(line.events, begin), self.used)
        while found < len(line.events) and line.events[found] in self.path:
            found = line.free(found + 1, self.used)
        return line.events[found] if found < len(line.events) else None
