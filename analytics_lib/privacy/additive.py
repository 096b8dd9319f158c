"""Counts that add up: what a reader can work out about the ones that are hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
_TINY: Final = 1e-9


@dataclass(slots=True)
class Count:
    """One number of people in the system of sums."""

    value: float
    """Its true value."""
    shown: bool = False
    """Whether a reader sees it."""
    cells: list[tuple[int, str]] = field(default_factory=list)
    """Cells of the frame that show it; none for a rest or for a total known from elsewhere."""


@dataclass(slots=True)
class Sums:
    """Counts and the equations between them; each equation says that a whole equals its parts."""

    counts: list[Count] = field(default_factory=list)
    """All counts, by number."""
    equations: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """(whole, parts), as numbers of counts."""
    _where: dict[int, list[int]] = field(default_factory=dict)

    def add(self, value: float, *, shown: bool, cells: Iterable[tuple[int, str]] = ()) -> int:
        """Add a count; give its number."""
        self.counts.append(Count(value, shown, list(cells)))
        return len(self.counts) - 1

    def connect(self, whole: int, parts: Iterable[int]) -> None:
        """Add the equation that a whole is the sum of its parts."""
        self.equations.append((whole, tuple(parts)))
        for member in self.members(len(self.equations) - 1):
            self._where.setdefault(member, []).append(len(self.equations) - 1)

    def around(self, number: int) -> list[int]:
        """Give the numbers of the equations that a count stands in."""
        return self._where.get(number, [])

    def members(self, index: int) -> tuple[int, ...]:
        """Give the counts in an equation."""
        whole, parts = self.equations[index]
        return (whole, *parts)

    def open_parts(self) -> list[tuple[list[int], list[int]]]:
        """Give the groups of unknown counts that hang together: (counts, equations) of each."""
        left = {number for number, count in enumerate(self.counts) if not count.shown}
        parts = []
        while left:
            reached = [left.pop()]
            equations: dict[int, None] = {}
            for number in reached:  # grows while it is walked
                for index in self.around(number):
                    if index not in equations:
                        equations[index] = None
                        new = left.intersection(self.members(index))
                        left -= new
                        reached.extend(new)
            parts.append((sorted(reached), list(equations)))
        return parts

    def freedom(self, targets: Iterable[int], equations: Iterable[int], enough: float) -> dict[int, float]:
        """Give for each target how far a reader is at least from knowing it, up to `enough`.

        The figure is the distance between two values that the target takes in two sets of counts which
        both agree with everything shown. Both sets are found, so the true uncertainty is at least as
        large; hidden counts are taken to be at least 1, unless a hidden one is 0.
        """
        chosen = [self.equations[number] for number in equations]
        unknown = sorted({n for whole, parts in chosen for n in (whole, *parts) if not self.counts[n].shown})
        place = {number: index for index, number in enumerate(unknown)}
        matrix = np.zeros((len(chosen), len(unknown)))
        for row, (whole, parts) in enumerate(chosen):
            for number, sign in ((whole, 1.0), *((part, -1.0) for part in parts)):
                if number in place:
                    matrix[row, place[number]] += sign
        moves = _null_space(matrix)
        low = self._lowest(unknown)
        start = np.array([self.counts[number].value for number in unknown], dtype=np.float64)
        return {
            target: _span(start, low, moves, place[target], enough) if target in place else np.inf for target in targets
        }

    def _lowest(self, unknown: list[int]) -> Numbers:
        cells = [number for number in unknown if self.counts[number].cells]
        least = 0.0 if any(self.counts[number].value == 0 for number in cells) else 1.0
        return np.array([least if self.counts[number].cells else 0.0 for number in unknown])


def _null_space(matrix: Numbers) -> Numbers:
    """Give vectors that leave every equation as it is, one a row: Gauss–Jordan elimination."""
    reduced = matrix.copy()
    pivots: list[int] = []
    row = 0
    for column in range(reduced.shape[1]):
        if row >= reduced.shape[0]:
            break
        best = row + int(np.argmax(np.abs(reduced[row:, column])))
        if abs(reduced[best, column]) < _TINY:
            continue
        reduced[[row, best]] = reduced[[best, row]]
        reduced[row] /= reduced[row, column]
        others = np.flatnonzero(np.abs(reduced[:, column]) > _TINY)
        others = others[others != row]
        reduced[others] -= np.outer(reduced[others, column], reduced[row])
        pivots.append(column)
        row += 1
    free = [column for column in range(reduced.shape[1]) if column not in set(pivots)]
    moves = np.zeros((len(free), reduced.shape[1]))
    for index, column in enumerate(free):
        moves[index, column] = 1.0
        moves[index, pivots] = -reduced[: len(pivots), column]
    moves[np.abs(moves) < _TINY] = 0.0
    return moves


def _span(start: Numbers, low: Numbers, moves: Numbers, target: int, enough: float) -> float:
    """Walk from the truth along the moves, up and down, as far as counts stay possible."""
    useful = moves[moves[:, target] != 0]
    useful = useful[np.argsort(np.count_nonzero(useful, axis=1), kind="stable")]
    reached = 0.0
    for direction in (1.0, -1.0):
        here = start.copy()
        gone, before = 0.0, -1.0
        while gone > before and reached + gone < enough:
            before = gone
            for move in useful:
                step = move * (direction * np.sign(move[target]))
                falling = step < 0
                room = np.floor((here[falling] - low[falling]) / -step[falling] + _TINY)
                length = min(float(room.min()) if falling.any() else enough, enough)
                if length > 0:
                    here += length * step
                    gone = abs(here[target] - start[target])
        reached += gone
    return min(reached, enough)
