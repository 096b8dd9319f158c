"""Where does level or spread of a series change for good? So that a new regime is one anomaly, not a thousand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_season import clip, spread

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

_WINDOWS: Final = (8, 24, 72, 216)
_LEAST_WINDOWS: Final = 12
"""Windows that a series must hold for one to be used: the contrast is judged by its own spread over the series."""
_CONTRAST: Final = 6.0
"""Robust standard deviations by which the contrast of a level shift stands out from all other contrasts."""
_MOST: Final = 12
_BRIDGE: Final = 2.6
"""Highest point of a Brownian bridge that 3 in 1,000,000 exceed; the test of a variance change."""
_RATIO: Final = 1.4
"""Least ratio of spreads worth a name."""
_SHORTEST: Final = 24


@dataclass(frozen=True, slots=True)
class Break:
    """A change of regime."""

    place: int
    """First point of the new regime."""
    size: float
    """Step of the level, or ratio of the spreads, after against before."""
    deviate: float
    """How far the evidence stands out, on the normal scale."""


def level_shifts(values: Floats) -> tuple[Break, ...]:
    """Find lasting steps of the level, in order of time.

    Parameters
    ----------
    values
        One value per step without season, NaN where unknown.

    Notes
    -----
    The mean of the next w points against that of the w before, for w = 8, 24, 72 and 216, over the robust spread of
    the same contrast along the series: noise that wanders makes all contrasts wide, so that only a step unlike all
    others counts. Spreads are local, measured on the jumps from point to point.
    """
    rest = clip(values, 6.0)
    jumps = np.append(0.0, np.diff(rest))
    local = piecewise_spread(jumps, spread_changes(jumps))
    found: list[Break] = []
    while len(found) < _MOST:
        candidate = _widest_contrast(rest, local, [one.place for one in found])
        if candidate is None:
            break
        found.append(candidate)
        rest = rest - candidate.size * (np.arange(len(rest)) >= candidate.place)
    return tuple(sorted(found, key=lambda one: one.place))


def lasting(shifts: tuple[Break, ...], length: int) -> tuple[tuple[Break, ...], Flags]:
    """Tell steps that last from those soon taken back; points between the latter are bursts.

    Returns
    -------
    tuple
        The lasting steps, and True at the points of bursts (up to 5 % of the series or 24 points).
    """
    kept: list[Break] = []
    burst = np.zeros(length, bool)
    for one in shifts:
        last = kept[-1] if kept else None
        short = last is not None and one.place - last.place <= max(length // 20, 24)
        if last is not None and short and abs(one.size + last.size) < 0.4 * abs(last.size):
            kept.pop()
            burst[last.place : one.place] = True
        else:
            kept.append(one)
    return tuple(kept), burst


def steps(shifts: tuple[Break, ...], length: int) -> Floats:
    """Give the sum of the steps at each point, 0 before the first."""
    level = np.zeros(length)
    for one in shifts:
        level[one.place :] += one.size
    return level


def _widest_contrast(values: Floats, local: Floats, taken: list[int]) -> Break | None:
    """Find the contrast that stands out most, in units of the local spread."""
    best: Break | None = None
    least = 1e-9 * float(np.nanmax(np.abs(values), initial=0.0))
    white = float(np.nanstd(np.diff(values / local))) if np.isfinite(np.diff(values)).any() else 0.0
    for window in (one for one in _WINDOWS if one * _LEAST_WINDOWS <= len(values)):
        contrast = _contrast(values, window) / _widest_near(local, window)
        usual = max(_inner_spread(contrast), white / np.sqrt(window))
        if not usual > least:
            continue
        away = (contrast - np.nanmedian(contrast)) / usual
        for place in taken:
            away[max(place - window, 0) : place + window] = np.nan
        if not np.isfinite(away).any():
            continue
        place = int(np.nanargmax(np.abs(away)))
        if abs(away[place]) >= _CONTRAST and (best is None or abs(away[place]) > best.deviate):
            best = _settled(values, place, window, float(abs(away[place])))
    return best


def _settled(values: Floats, place: int, window: int, deviate: float) -> Break:
    """Move a step to where the two sides fit best, and measure it."""
    first, last = max(place - window, 0), min(place + window, len(values))
    near = values[first:last]
    candidates = range(max(place - window // 2, first + 3), min(place + window // 2, last - 3) + 1)
    errors = [np.nansum(np.abs(near[: at - first] - np.nanmedian(near[: at - first])))
              + np.nansum(np.abs(near[at - first :] - np.nanmedian(near[at - first :])))
              if np.isfinite(near[: at - first]).any() and np.isfinite(near[at - first :]).any() else np.inf
              for at in candidates]  # fmt: skip
    at = candidates[int(np.argmin(errors))]
    size = float(np.nanmedian(values[at : at + window]) - np.nanmedian(values[max(at - window, 0) : at]))
    return Break(at, size, deviate)


def _contrast(values: Floats, window: int) -> Floats:
    """Give the mean of the next `window` values minus that of the ones before, NaN where half is missing."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    result = np.full(len(values), np.nan)
    middle = np.arange(window, len(values) - window + 1)
    after_count, before_count = counts[middle + window] - counts[middle], counts[middle] - counts[middle - window]
    enough = np.minimum(after_count, before_count) * 2 >= window
    after = (sums[middle + window] - sums[middle]) / np.maximum(after_count, 1)
    before = (sums[middle] - sums[middle - window]) / np.maximum(before_count, 1)
    result[middle[enough]] = (after - before)[enough]
    return result


def _widest_near(local: Floats, window: int) -> Floats:
    """Give the larger of the local spreads a window before and a window after each point."""
    places = np.arange(len(local))
    before, after = local[np.maximum(places - window, 0)], local[np.minimum(places + window - 1, len(local) - 1)]
    return np.maximum(np.maximum(before, after), 1e-300)


def _inner_spread(values: Floats) -> float:
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return 0.0
    low, high = np.quantile(known, [0.2, 0.8])
    return float(high - low) / 1.6832424671458286


def spread_changes(residuals: Floats) -> tuple[Break, ...]:
    """Find lasting changes of the spread of residuals, in order of time.

    Notes
    -----
    The cumulated sum of the square roots of absolute residuals against a Brownian bridge, with the long-run variance of
    their own autocorrelation (Inclán and Tiao 1994; Sansó, Aragó and Carrion 2004), split in two again and again.
    """
    found: list[Break] = []
    _split(np.sqrt(np.abs(clip(residuals))), 0, found)
    return tuple(sorted(found, key=lambda one: one.place))


def _split(sizes: Floats, offset: int, found: list[Break]) -> None:
    known = np.isfinite(sizes)
    count = int(known.sum())
    if count < 4 * _SHORTEST or len(found) >= _MOST:
        return
    centred = np.where(known, sizes - sizes[known].mean(), 0.0)
    bridge = np.abs(np.cumsum(centred)) / np.sqrt(count * max(_long_run_variance(centred[known]), 1e-300))
    bridge[:_SHORTEST] = bridge[-_SHORTEST:] = 0.0
    place = int(np.argmax(bridge)) + 1
    before, after = np.nanmedian(sizes[:place]) ** 2, np.nanmedian(sizes[place:]) ** 2
    if bridge[place - 1] < _BRIDGE or not before > 0 or max(after / before, before / max(after, 1e-300)) < _RATIO:
        return
    found.append(Break(offset + place, float(after / before), float(2 * bridge[place - 1])))
    _split(sizes[:place], offset, found)
    _split(sizes[place:], offset + place, found)


def _long_run_variance(values: Floats) -> float:
    """Give the variance of a sum of values per value (Bartlett weights), of what neither half explains."""
    half = len(values) // 2
    inner = np.concatenate([values[:half] - values[:half].mean(), values[half:] - values[half:].mean()])
    lags = int(len(inner) ** (1 / 3))
    total = float(np.mean(inner * inner))
    for lag in range(1, lags + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(np.mean(inner[lag:] * inner[:-lag]))
    return max(total, 0.25 * float(np.mean(inner * inner)))


def piecewise_spread(residuals: Floats, changes: tuple[Break, ...]) -> Floats:
    """Give the spread of each stretch between changes over the typical one, at each point."""
    edges = [0, *(one.place for one in changes), len(residuals)]
    scale = np.ones(len(residuals))
    usual = spread(residuals)
    for first, last in pairwise(edges):
        own = spread(residuals[first:last])
        scale[first:last] = own / usual if own > 0 and usual > 0 else 1.0
    return scale
