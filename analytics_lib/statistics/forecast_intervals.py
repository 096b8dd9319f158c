"""How far off forecasts are, from how far off they were: split-conformal widths that follow drift."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analytics_lib.statistics.forecast_rolling import Rolled
from analytics_lib.statistics.series import Floats

_NEIGHBOURS: Final = 3  # steps ahead on each side whose errors are judged together
_FEWEST: Final = 5  # errors below which a step ahead borrows its width from shorter ones
_PACE: Final = 0.05  # how quickly widths follow misses
_CYCLES: Final = 10  # repetitions a season needs before widths may differ between its phases
_SHRUNK: Final = 60.0  # errors' worth of belief that all phases err alike


def interval_widths(rolled: Rolled, confidence: float) -> Floats:
    """Give the half-width of the interval at each step ahead, on the even scale.

    The conformal quantile of the absolute errors at that many steps ahead (and three to each side), where each error
    counts relative to what is usual in its phase of the season; times a factor that has followed the misses of
    earlier intervals (so that drift widens them); times the widening for few independent stretches.

    Parameters
    ----------
    rolled
        Errors of earlier forecasts.
    confidence
        Wanted share of values inside, strictly between 0 and 1.

    Returns
    -------
    array
        Shape (horizon,); NaN when there is no error to learn from.

    References
    ----------
    Vovk, Gammerman, Shafer (2005), "Algorithmic learning in a random world" (conformal quantiles); Gibbs, Candès
    (2021), NeurIPS, "Adaptive conformal inference under distribution shift".
    """
    usual, ahead = _usual_errors(rolled)
    scores = np.abs(rolled.errors) / usual
    lasting = _lasting(rolled.errors)
    widths = _quantiles(scores, confidence, 0.5 * min(1.0, 2 * lasting / len(ahead)))
    if not np.isfinite(widths).any():
        return widths
    drift = _drift(scores / widths, rolled.stride, 1 - confidence)
    return widths * ahead * drift * _few_stretches(rolled, lasting, confidence)


def _usual_errors(rolled: Rolled) -> tuple[Floats, Floats]:
    """Give what is usual for each past error's phase, and for each step ahead; the square root, half-way to none."""
    errors, horizon = rolled.errors, rolled.errors.shape[1]
    steps = np.arange(1, horizon + 1)
    span = int(rolled.origins[-1]) + 1
    period = max((period for period in rolled.periods if span >= _CYCLES * period), default=1)
    phases = (rolled.origins[:, None] + steps) % period
    known = np.isfinite(errors)
    counts = np.bincount(phases[known], minlength=period)
    sums = np.bincount(phases[known], weights=np.abs(errors[known]), minlength=period)
    overall = sums.sum() / max(counts.sum(), 1)
    if not overall > 0:
        return np.ones_like(errors), np.ones(horizon)
    relative = np.sqrt((sums / overall + _SHRUNK) / (counts + _SHRUNK))
    return relative[phases], relative[(rolled.origins[-1] + steps) % period]


def _quantiles(scores: Floats, confidence: float, growth: float) -> Floats:
    """Give the conformal quantile of the scores at each step ahead, pooled with its neighbours brought to its size."""
    known = np.isfinite(scores)
    counts = known.sum(axis=0)
    sizes = np.divide(np.where(known, scores, 0.0).sum(axis=0), counts, out=np.zeros(len(counts)), where=counts > 0)
    shares = np.divide(scores, sizes, out=np.zeros_like(scores), where=sizes > 0)
    shares[~known] = np.nan
    widths = np.full(len(counts), np.nan)
    for step in np.flatnonzero(counts >= _FEWEST):
        near = shares[:, max(0, step - _NEIGHBOURS) : step + _NEIGHBOURS + 1]
        pooled = near[np.isfinite(near)]
        rank = min(int(np.ceil((len(pooled) + 1) * confidence)), len(pooled)) - 1
        widths[step] = np.partition(pooled, rank)[rank] * sizes[step]
    return _extended(widths, scores, growth)


def _extended(widths: Floats, scores: Floats, growth: float) -> Floats:
    """Let steps without enough errors grow from the last that has: the longer errors last, the more like a walk's."""
    known = np.flatnonzero(np.isfinite(widths))
    if not len(known):
        found = scores[np.isfinite(scores)]
        widths[0], known = (found.max() if len(found) else np.nan), np.array([0])
    last = int(known[-1])
    widths[last + 1 :] = widths[last] * (np.arange(last + 2, len(widths) + 1) / (last + 1)) ** growth
    return np.maximum(widths, 1e-12 * np.nanmax(np.append(widths, 0.0)) + 1e-300)


def _drift(misses: Floats, stride: int, error_rate: float) -> float:
    """Follow the share of values outside through time: wider after misses, narrower after hits."""
    count, horizon = misses.shape
    back = np.arange(1, horizon // stride + 1)
    begun = np.arange(count)[:, None] - back
    seen = np.where(
        begun >= 0, misses[np.maximum(begun, 0), back * stride - 1], np.nan
    )  # what has just come true of each forecast
    factor = 1.0
    for row, known in zip(seen, np.isfinite(seen).sum(axis=1).tolist(), strict=True):
        if known:
            factor *= math.exp(_PACE * (np.count_nonzero(row > factor) / known - error_rate))
    return factor


def _few_stretches(rolled: Rolled, lasting: float, confidence: float) -> float:
    """Widen as Student's t does: errors that last are few, however many origins they are seen from."""
    from scipy.special import ndtri, stdtrit

    span = float(rolled.origins[-1] - rolled.origins[0])
    return float(stdtrit(max(span / lasting, 2.0), (1 + confidence) / 2) / ndtri((1 + confidence) / 2))


def _lasting(errors: Floats) -> float:
    """Give the steps over which errors are alike, to be safe twice what neighbouring steps tell; at most all."""
    horizon = errors.shape[1]
    near, far = errors[:, :-1], errors[:, 1:]
    both = np.isfinite(near) & np.isfinite(far)
    sizes = float((near[both] ** 2).sum() * (far[both] ** 2).sum()) ** 0.5
    alike = float((near[both] * far[both]).sum()) / sizes if sizes > 0 else 1.0
    return float(np.clip(2 * (1 + alike) / max(1 - alike, 1e-9), 1, horizon))
