"""Exponential smoothing of one series in many settings at once, a block of steps at a time.

Within a stretch no longer than the shortest season every seasonal part is known beforehand, so what is left is a linear
recursion of three numbers, and a whole block of it is one product with a matrix that depends on the setting alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.series import Floats

Integers = NDArray[np.int64]

_LONGEST: Final = 32  # steps of a block: beyond, the matrices cost more than the steps they save


@dataclass(slots=True)
class Course:
    """The state of every setting on its way through a series."""

    parts: Floats
    """Level now; what it will rise by, and what will be left of the error, at the next step; shape (settings, 3)."""
    fading: Floats
    """What is left of each part a step later, shape (settings, 3)."""
    taken: Floats
    """How much of a surprise each part takes on, shape (settings, 3)."""
    periods: tuple[int, ...]
    """Seasons, in steps."""
    tables: list[Floats]
    """One per season: in column t + period what it is after step t; the first columns are what it begins with,
    shape (settings, steps + period)."""
    season_taken: list[Floats]
    """How much of a surprise each season takes on, shape (settings, 1) each."""

    def run(self, values: Floats) -> Floats:
        """Go through all values (NaN for gaps); give what each was off, 0 in gaps, shape (settings, steps)."""
        surprises = np.empty((len(self.parts), len(values)))
        size = min((_LONGEST, *self.periods))
        known = np.isfinite(values)
        parts = self.parts
        for first in range(0, len(values), size):
            block = slice(first, min(first + size, len(values)))
            rows = [table[:, block] for table in self.tables]
            left = values[block] - sum(rows) if rows else np.tile(values[block], (len(parts), 1))
            off, parts = self._leap(left, parts) if known[block].all() else self._walk(left, parts)
            surprises[:, block] = off
            for row, table, taken, period in zip(rows, self.tables, self.season_taken, self.periods, strict=True):
                np.add(row, taken * off, out=table[:, block.start + period : block.stop + period])
        return surprises

    def _leap(self, left: Floats, parts: Floats) -> tuple[Floats, Floats]:
        """Take a block without gaps in at once: what was off, and the parts after it."""
        steps = left.shape[1]
        answer = _block_of(self.fading.tobytes(), self.taken.tobytes(), steps) @ np.hstack([left, parts])[:, :, None]
        return answer[:, :steps, 0], answer[:, steps:, 0]

    def _walk(self, left: Floats, parts: Floats) -> tuple[Floats, Floats]:
        """Take a block with gaps in step by step: in a gap time passes and nothing is learnt."""
        off = np.zeros_like(left)
        for step, value in enumerate(left.T):
            if np.isfinite(value[0]):
                off[:, step] = value - parts.sum(axis=1)
            moved = self.fading * parts + self.taken * off[:, step, None]
            moved[:, 0] += parts[:, 1]
            parts = moved
        return off, parts

    def parts_at(self, origins: Integers, surprises: Floats) -> Floats:
        """Give the parts after the steps at `origins`, which follow from what was off: (settings, origins, 3)."""
        steps = np.arange(1, surprises.shape[1] + 1)
        level, rise, _ = self.parts.T[:, :, None]
        rises, errors = (
            taken[:, None] * _faded(surprises, left) + part[:, None] * left[:, None] ** steps
            for part, left, taken in zip(self.parts.T[1:], self.fading.T[1:], self.taken.T[1:], strict=True)
        )
        levels = level + np.cumsum(np.hstack([rise, rises[:, :-1]]) + self.taken[:, :1] * surprises, axis=1)
        return np.stack([levels[:, origins], rises[:, origins], errors[:, origins]], axis=2)


def _faded(surprises: Floats, left: Floats) -> Floats:
    """Add up surprises of which a share is left after each step."""
    from scipy.signal import lfilter

    found = np.empty_like(surprises)
    for share in np.unique(left):
        alike = left == share
        found[alike] = lfilter([1.0], [1.0, -share], surprises[alike], axis=1)
    return found


@lru_cache(maxsize=8)
def _block_of(fading: bytes, taken: bytes, steps: int) -> Floats:
    """Give the matrix from a block's values and the parts before it to what was off and the parts after it.

    Shape (settings, steps + 3, steps + 3).
    """
    fades, takes = (np.frombuffer(part).reshape(-1, 3) for part in (fading, taken))
    move = np.zeros((len(fades), 3, 3))
    move[:, range(3), range(3)] = fades
    move[:, 0, 1] += 1.0
    move -= takes[:, :, None]  # a surprise is the value less the sum of the parts
    kept = np.empty((len(fades), steps + 1, 3, 3))
    kept[:, 0] = np.eye(3)
    for step in range(steps):
        kept[:, step + 1] = move @ kept[:, step]
    answers = (kept @ takes[:, None, :, None])[:, :, :, 0]  # of the parts to a value so many steps ago
    after = np.arange(steps)[:, None] - np.arange(steps)
    matrix = np.empty((len(fades), steps + 3, steps + 3))
    expected = np.where(after >= 1, answers.sum(axis=2)[:, np.maximum(after - 1, 0)], 0.0)
    matrix[:, :steps, :steps] = np.eye(steps) - expected
    matrix[:, :steps, steps:] = -kept[:, :-1].sum(axis=2)
    matrix[:, steps:, :steps] = answers[:, steps - 1 :: -1][:, :steps].swapaxes(1, 2)
    matrix[:, steps:, steps:] = kept[:, steps]
    return matrix
