"""Which counts to hide: the small ones, and as few others as keep them from being worked out."""

from __future__ import annotations

from dataclasses import dataclass

from analytics_lib.privacy.additive import Sums
from analytics_lib.privacy.shapes import Cell, Shape, write_sums


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is hidden in a frame."""

    small: frozenset[Cell]
    """Cells that count a small group."""
    others: frozenset[Cell]
    """Cells from which a small group could be worked out."""

    @property
    def cells(self) -> frozenset[Cell]:
        """All of them."""
        return self.small | self.others


def hide(shape: Shape, smallest: int) -> Hidden:
    """Choose the cells of a frame that have to be hidden so that no group below `smallest` is given away.

    A group is given away when a reader who knows everything shown, every sum and the totals of every
    split can tell its size to within less than `smallest`.
    """
    hiding = _Hiding(write_sums(shape, smallest, lambda totals: set(hide(totals, smallest).cells)), smallest)
    return Hidden(hiding.hide_small(), hiding.hide_others())


@dataclass(slots=True)
class _Hiding:
    sums: Sums
    smallest: int

    def _small(self, number: int) -> bool:
        return 0 < self.sums.counts[number].value < self.smallest

    def hide_small(self) -> frozenset[Cell]:
        """Hide the cells that count a small group."""
        cells: list[Cell] = []
        for number, count in enumerate(self.sums.counts):
            if count.cells and self._small(number):
                count.shown = False
                cells.extend(count.cells)
        return frozenset(cells)

    def hide_others(self) -> frozenset[Cell]:
        """Hide more, round by round, until nobody is exposed or nothing is left to hide."""
        cells: list[Cell] = []
        while exposed := self._exposed():
            chosen = self._hide_near(exposed, zeros=False) or self._hide_near(exposed, zeros=True)
            if not chosen:
                break
            cells.extend(chosen)
        return frozenset(cells)

    def _exposed(self) -> list[int]:
        exposed = []
        for members, equations in self.sums.open_parts():
            small = [number for number in members if self._small(number)]
            if small and equations:
                open_by = self.sums.freedom(small, equations, self.smallest)
                exposed += [number for number in small if open_by[number] < self.smallest]
        return sorted(exposed)

    def _hide_near(self, exposed: list[int], *, zeros: bool) -> list[Cell]:
        """Hide the cheapest shown count near each exposed one: in few cells, and small."""
        cells: list[Cell] = []
        touched: set[int] = set()
        for number in exposed:
            if touched.intersection(self.sums.around(number)):
                continue  # what was just hidden may be enough
            near = self._near(number, zeros=zeros)
            if near:
                best = min(near, key=lambda other: (len(self.sums.counts[other].cells), self.sums.counts[other].value))
                self.sums.counts[best].shown = False
                cells.extend(self.sums.counts[best].cells)
                touched.update(self.sums.around(best))
        return cells

    def _near(self, number: int, *, zeros: bool) -> list[int]:
        """Give the shown cells that share an equation with a count, else with what is unknown around it."""
        reached, seen = {number}, {number}
        while reached:
            equations = {index for other in reached for index in self.sums.around(other)}
            around = {other for index in equations for other in self.sums.members(index)} - seen
            shown = {other for other in around if self.sums.counts[other].shown and self.sums.counts[other].cells}
            found = sorted(other for other in shown if (self.sums.counts[other].value == 0) == zeros)
            if found:
                return found
            seen |= around
            reached = around - shown
        return []
