"""The exact place of a change and its nature: a jump of the level, a bend of the trend, or both at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics_lib.statistics.changepoint_noise import Floats, Integers


@dataclass(frozen=True, slots=True)
class Gains:
    """Squares that a change at each candidate place explains, in red noise of known redness."""

    jump: Floats
    """By a lasting step of the level, shape (candidates,)."""
    bend: Floats
    """By a lasting change of the slope."""
    both: Floats
    """By both together."""


def change_gains(values: Floats, candidates: Integers, redness: float, *, sloped: bool) -> Gains:
    """Judge every candidate by generalised least squares.

    Parameters
    ----------
    values
        A stretch with one change, shape (n,).
    candidates
        First observation of the new regime, each from 1 to n − 1, shape (candidates,).
    redness
        Correlation of neighbouring noise values, in [0, 1).
    sloped
        Whether the stretch has a slope besides its change.
    """
    size, fresh = len(values), 1.0 - redness
    time = np.arange(size, dtype=np.float64)
    base = [np.ones(size), time] if sloped else [np.ones(size)]
    columns = [_whitened(column, redness) for column in base]
    frame, _ = np.linalg.qr(np.array(columns).T)
    noise = _whitened(values, redness)
    noise = noise - frame @ (frame.T @ noise)
    after = (size - 1 - candidates).astype(np.float64)
    jump, bend = (
        np.array([_late_sums(part, candidates, fresh)[which] for part in (noise, *frame.T)]) for which in (0, 1)
    )
    jump_square = 1 + fresh**2 * after - (jump[1:] ** 2).sum(axis=0)
    bend_square = fresh**2 * after * (after + 1) * (2 * after + 1) / 6 + fresh * after * (after + 1) + after + 1
    bend_square = bend_square - (bend[1:] ** 2).sum(axis=0)
    shared = 1 + fresh * (fresh * after * (after + 1) / 2 + after) - (jump[1:] * bend[1:]).sum(axis=0)
    return _solved(jump[0], bend[0], (jump_square, bend_square, shared))


def _whitened(column: Floats, redness: float) -> Floats:
    white = column.copy()
    white[1:] -= redness * column[:-1]
    white[0] *= np.sqrt(1 - redness**2)
    return white


def _late_sums(part: Floats, candidates: Integers, fresh: float) -> tuple[Floats, Floats]:
    """Give the products of a whitened column with a whitened step and ramp that begin at each candidate."""
    time = np.arange(len(part))
    later, later_times = (np.cumsum(one[::-1])[::-1][candidates] for one in (part, part * time))
    jump = part[candidates] * (1 - fresh) + fresh * later
    return jump, fresh * (later_times - candidates * later) + later


def _solved(jump: Floats, bend: Floats, squares: tuple[Floats, Floats, Floats]) -> Gains:
    jump_square, bend_square, shared = (
        np.maximum(part, 0.0) if place < 2 else part for place, part in enumerate(squares)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        by_jump = np.where(jump_square > 1e-9, jump**2 / jump_square, 0.0)
        by_bend = np.where(bend_square > 1e-9, bend**2 / bend_square, 0.0)
        apart = jump_square * bend_square - shared**2
        by_both = (jump**2 * bend_square - 2 * jump * bend * shared + bend**2 * jump_square) / apart
    usable = apart > 1e-8 * jump_square * bend_square
    return Gains(by_jump, by_bend, np.where(usable, by_both, np.maximum(by_jump, by_bend)))
