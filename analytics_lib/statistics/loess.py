"""Local regression on an even grid: a weighted straight line through each point's neighbours.

On an even grid every inner point has the same neighbourhood, so a smooth is a few convolutions; only the ends, where
the neighbourhood is one-sided, need weights of their own. Columns are smoothed side by side.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

Flags: TypeAlias = NDArray[np.bool_]

Where: TypeAlias = tuple[int, int, int, str]
"""Length, window, jump and which points to fit at: start, end, all, knots, before or after."""

_CELLS: Final = 4_000_000  # of a weight matrix worked on at once
_KEPT: Final = 500_000  # of one that is kept for the next series of the same length


def loess(
    values: Floats, window: int, *, weights: Floats | None = None, degree: int = 1, jump: int = 1, beyond: bool = False
) -> Floats:
    """Smooth each column by local regression.

    Parameters
    ----------
    values
        Finite floats, shape (n, columns), one row per step. Where the weight is 0 the value does not matter.
    window
        Neighbours used, an odd number; if larger than n, all are used and the kernel is widened.
    weights
        How much each value counts, same shape, at least 0; None = all alike.
    degree
        0 = local mean, 1 = local line.
    jump
        Fit at every so many steps and at the last, and join the fits by straight lines.
    beyond
        Fit one step before the first and one after the last as well: n + 2 rows come back.

    Returns
    -------
    array
        Shape (n, columns) or (n + 2, columns); NaN where all neighbours have weight 0.

    References
    ----------
    W. S. Cleveland (1979), Robust locally weighted regression and smoothing scatterplots.
    R. B. Cleveland and others (1990), STL: a seasonal-trend decomposition procedure based on loess.
    """
    length = len(values)
    if length < 2:
        return np.repeat(values, 3, axis=0) if beyond else values.copy()
    if jump <= 1 or length == 2:
        fitted = _everywhere(values, weights, window, degree)
    else:
        fitted = _jumping(values, weights, window, degree, min(jump, length - 1))
    if not beyond:
        return fitted
    before, after = (_at(values, weights, (length, window, jump, side), degree) for side in ("before", "after"))
    return np.concatenate([before, fitted, after])


def _everywhere(values: Floats, weights: Floats | None, window: int, degree: int) -> Floats:
    length = len(values)
    if window >= length:
        return _at(values, weights, (length, window, 1, "all"), degree)
    start, end = (_at(values, weights, (length, window, 1, side), degree) for side in ("start", "end"))
    inner = _inner(values, window) if weights is None else _inner_weighted(values, weights, window, degree)
    return np.concatenate([start, inner, end])


def _inner(values: Floats, window: int) -> Floats:
    """Smooth where the neighbourhood is symmetric; there a local line equals a local mean."""
    kernel = _kernel(window)
    return _correlate(values, kernel / kernel.sum())


def _inner_weighted(values: Floats, weights: Floats, window: int, degree: int) -> Floats:
    kernel = _kernel(window)
    places = np.arange(window) - window // 2.0
    sums = [_correlate(weights, kernel * places**power) for power in range(3 if degree else 1)]
    moments = [_correlate(weights * values, kernel * places**power) for power in range(2 if degree else 1)]
    return _solve(sums, moments, degree, len(values))


def _solve(sums: list[Floats], moments: list[Floats], degree: int, length: int) -> Floats:
    """Give the local line at its own point, from weighted sums of powers of the distance to it."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = moments[0] / sums[0]
        if degree:
            centre = sums[1] / sums[0]
            spread = sums[2] / sums[0] - centre**2
            slope = (moments[1] / sums[0] - centre * mean) / spread
            flat = ~(np.sqrt(np.maximum(spread, 0)) > 0.001 * (length - 1))  # too narrow for a line
            mean = np.where(flat, mean, mean - slope * centre)
    return np.where(sums[0] > 1e-12, mean, np.nan)


def _jumping(values: Floats, weights: Floats | None, window: int, degree: int, jump: int) -> Floats:
    where = (len(values), window, jump, "knots")
    knots, lefts = _points(where)
    inner = (knots - lefts == window // 2) & (lefts + window <= len(values))
    if values.shape[1] > 1 or len(knots) * window < _CELLS or not inner.any():
        fitted = _at(values, weights, where, degree)
    else:
        fitted = _at_many(values, weights, where, inner, degree)
    places = np.arange(len(values))
    return np.column_stack([np.interp(places, knots, column) for column in fitted.T])


def _at_many(values: Floats, weights: Floats | None, where: Where, inner: Flags, degree: int) -> Floats:
    """Fit one long column at many knots: those inside share one kernel, which is slid along without copies."""
    length, window, jump, _ = where
    fitted = np.empty((len(inner), 1))
    for place in np.flatnonzero(~inner):
        fitted[place] = _fit(values, weights, _kernels.__wrapped__(where, place, place + 1), degree)
    start = int(_points(where)[1][inner][0])

    def slide(column: Floats, kernel: Floats) -> Floats:
        views = np.lib.stride_tricks.sliding_window_view(column[start:, 0], window)[::jump][: inner.sum()]
        return np.einsum("mq,q->m", views, kernel)[:, None]

    kernel, places = _kernel(window), np.arange(window) - window // 2.0
    counts = np.ones((length, 1)) if weights is None else weights
    sums = [slide(counts, kernel * places**power) for power in range(3)]
    moments = [slide(counts * values, kernel * places**power) for power in range(2)]
    fitted[inner] = _solve(sums, moments, degree, length)
    return fitted


@lru_cache(maxsize=64)
def _points(where: Where) -> tuple[Integers, Integers]:
    """Give the points to fit at and the first neighbour of each."""
    length, window, jump, side = where
    half, last = (window + 1) // 2 - 1, max(0, length - window)
    if side == "before":
        return np.array([-1]), np.array([0])
    if side == "after":
        return np.array([length]), np.array([last])
    if side == "start":
        return np.arange(half), np.zeros(half, np.int64)
    if side == "end":
        return np.arange(length - half, length), np.full(half, last)
    knots = np.arange(0, length, jump)
    lefts = np.clip(knots - half, 0, last)
    if knots[-1] != length - 1:  # the last point takes the neighbourhood of the last knot, as the original does
        knots, lefts = np.append(knots, length - 1), np.append(lefts, lefts[-1])
    return knots, lefts


def _at(values: Floats, weights: Floats | None, where: Where, degree: int) -> Floats:
    """Fit at chosen points, each with its own stretch of neighbours."""
    length, window, _, side = where
    points, lefts = _points(where)
    count, reach = len(points), min(window, length)
    if weights is None and side != "knots" and count * reach <= _KEPT:  # all points share their neighbours
        return _smoother(where, degree) @ values[lefts[0] : lefts[0] + reach]
    rows = max(1, _CELLS // max(1, reach * values.shape[1]))
    if count <= rows:
        return _fit(values, weights, _kernels(where, 0, count), degree)
    fits = [
        _fit(values, weights, _kernels.__wrapped__(where, first, first + rows), degree)
        for first in range(0, count, rows)
    ]
    return np.concatenate(fits)


@lru_cache(maxsize=64)
def _smoother(where: Where, degree: int) -> Floats:
    """Give what each neighbour counts for the fit at each point when all values count alike: (points, reach)."""
    kernel, first, second = _kernels.__wrapped__(where, 0, len(_points(where)[0]))[1]
    shares = kernel / kernel.sum(axis=1, keepdims=True)
    if degree:
        total = kernel.sum(axis=1, keepdims=True)
        centre = first.sum(axis=1, keepdims=True) / total
        spread = second.sum(axis=1, keepdims=True) / total - centre**2
        flat = ~(np.sqrt(np.maximum(spread, 0)) > 0.001 * (where[0] - 1))
        apart = np.divide(first, kernel, out=np.zeros_like(first), where=kernel > 0)
        shares *= np.where(flat, 1.0, 1 - centre * (apart - centre) / np.where(flat, 1.0, spread))
    return shares


@lru_cache(maxsize=128)
def _kernels(where: Where, first: int, last: int) -> tuple[Integers, Floats]:
    """Give the neighbours of each point, and the kernel times powers 0, 1, 2 of the distance: (3, points, reach)."""
    length, window, _, _ = where
    points, lefts = (part[first:last] for part in _points(where))
    around = lefts[:, None] + np.arange(min(window, length))
    apart = (around - points[:, None]).astype(float)
    width = np.maximum(-apart[:, 0], apart[:, -1])[:, None] + max(0, (window - length) // 2)
    kernel = _tricube(np.abs(apart), width)
    return around, np.stack([kernel, kernel * apart, kernel * apart**2])


def _fit(values: Floats, weights: Floats | None, kernels: tuple[Integers, Floats], degree: int) -> Floats:
    around, powers = kernels
    near = values[around]
    if weights is None:
        sums = list(powers.sum(axis=2)[:, :, None])
        moments = [np.matmul(one[:, None, :], near)[:, 0, :] for one in powers[:2]]
    else:
        counts = weights[around]
        weighted = counts * near
        sums = [np.matmul(one[:, None, :], counts)[:, 0, :] for one in powers]
        moments = [np.matmul(one[:, None, :], weighted)[:, 0, :] for one in powers[:2]]
    return _solve(sums, moments, degree, len(values))


def _tricube(apart: Floats, width: Floats | float) -> Floats:
    kernel = (1 - np.minimum(apart / width, 1) ** 3) ** 3
    kernel = np.where(apart <= 0.001 * width, 1.0, kernel)
    return np.where(apart <= 0.999 * width, kernel, 0.0)


@lru_cache(maxsize=64)
def _kernel(window: int) -> Floats:
    half = window // 2
    return _tricube(np.abs(np.arange(window) - half).astype(float), float(half))


def _correlate(values: Floats, kernel: Floats) -> Floats:
    """Slide a kernel along each column, where it fits in whole."""
    if values.shape[1] == 1:
        return np.convolve(values[:, 0], kernel[::-1], "valid")[:, None]
    length = len(values) - len(kernel) + 1
    total = kernel[0] * values[:length]
    for place in range(1, len(kernel)):
        total += kernel[place] * values[place : place + length]
    return total
