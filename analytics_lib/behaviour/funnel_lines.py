"""Events of one unit in order, and how to find the next free one without asking all of them again."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import groupby


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
