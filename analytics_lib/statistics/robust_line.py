"""A straight line through one series: slope, interval and p-value that red noise and wild values leave standing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.red_noise import SlopePosterior, slope_posterior
from analytics_lib.statistics.theil_sen import MOST_PAIRS, theil_sen

Floats: TypeAlias = NDArray[np.float64]

FEWEST: Final = 5
"""Known values without which nothing is said about a line."""

MOST_FILTERED: Final = 500
"""Steps whose noise is modelled one by one; longer series are averaged in blocks for interval and p-value."""

_CLIP: Final = 3.0  # robust standard deviations beyond which a value no longer pulls


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted line, in steps of the grid."""

    slope: float
    """Change per step (Theil–Sen)."""
    intercept: float
    """Value of the line at step 0."""
    low: float
    """Lower end of the slope's interval."""
    high: float
    """Upper end of the slope's interval."""
    p_value: float
    """Probability of a slope this far from zero if there is none."""
    autocorrelation: float
    """Estimated correlation of neighbouring values around the line."""


def robust_line(values: Floats, *, confidence: float = 0.95, spent: int = 0) -> Line | None:
    """Fit a line to values one step apart; NaN are gaps. None when fewer than five values are known.

    Slope and intercept are Theil–Sen's; where ties make that slope exactly zero, it is the regression's. Interval and
    p-value come from a regression on pseudo-values (residuals beyond three robust standard deviations are drawn in)
    with autocorrelated noise, averaged over its coefficient and over the white noise that may lie on top. Beyond 1,500
    steps (500 for interval and p-value) the values are averaged in equal blocks first. `spent` degrees of freedom
    (seasonal means taken out before) widen the errors.

    References
    ----------
    P. J. Huber (1964), Robust estimation of a location parameter.
    """
    known = np.isfinite(values)
    if known.sum() < FEWEST:
        return None
    size = int(np.frexp(np.abs(values[known]).max())[1])  # scaled by a power of two, no square may overflow
    line = _fitted(np.ldexp(values, -size), known, confidence, spent)
    if line is None:
        return None
    slope, intercept, low, high = np.ldexp([line.slope, line.intercept, line.low, line.high], size).tolist()
    return replace(line, slope=slope, intercept=intercept, low=low, high=high)


def _fitted(values: Floats, known: NDArray[np.bool_], confidence: float, spent: int) -> Line | None:
    block = -(-len(values) // MOST_PAIRS)
    times, used = _blocks(values, known, block) if block > 1 else (np.flatnonzero(known).astype(float), values[known])
    if len(used) < FEWEST:
        return None
    slope, intercept = theil_sen(times, used)
    found = _inference(
        times, used - slope * times - intercept, slope, confidence, spent=spent // block, size=float(np.abs(used).max())
    )
    middle = intercept + found.slope * 0.5 * (1 / block - 1)  # the time of a block is its middle
    return Line(
        found.slope / block, middle, found.low / block, found.high / block, found.p_value, found.autocorrelation
    )


def _blocks(values: Floats, known: NDArray[np.bool_], block: int) -> tuple[Floats, Floats]:
    places = np.arange(len(values))[known] // block
    counts = np.bincount(places)
    sums = np.bincount(places, weights=values[known])
    full = counts >= max(1, block // 4)  # a nearly empty block says little and would count as much as a full one
    return np.flatnonzero(full).astype(float), sums[full] / counts[full]


def _inference(times: Floats, left: Floats, slope: float, confidence: float, *, spent: int, size: float) -> Line:
    """Give interval and p-value of the slope, from what its line leaves."""
    scale = 1.4826 * float(np.median(np.abs(left)))
    scale = scale or 1.2533 * float(np.abs(left).mean())  # more than half lie on the line
    if scale <= 1e-13 * size or scale == 0:
        return Line(slope, 0.0, slope, slope, 1.0 if slope == 0 else 0.0, 0.0)
    inside = np.abs(left) < _CLIP * scale
    pseudo = np.clip(left, -_CLIP * scale, _CLIP * scale) / inside.mean()
    posterior = _posterior(times, pseudo + slope * (times - times.mean()), spent)
    rest = (1 - confidence) / 2
    low, high = posterior.quantile(rest), posterior.quantile(1 - rest)
    if slope == 0:  # ties: most pairs of counts are equal
        slope = float(posterior.weights @ posterior.slopes)
    return Line(slope, 0.0, min(low, slope), max(high, slope), posterior.p_value(), posterior.autocorrelation)


def _posterior(times: Floats, values: Floats, spent: int) -> SlopePosterior:
    block = -(-int(times[-1] - times[0] + 1) // MOST_FILTERED)
    if block == 1:
        return slope_posterior(times, values).with_fewer(spent)
    places = ((times - times[0]) // block).astype(np.int64)
    counts = np.bincount(places)
    full = np.flatnonzero(counts >= max(1, block // 2))
    means = np.bincount(places, weights=values)[full] / counts[full]
    found = slope_posterior(full.astype(float), means).with_fewer(spent // block)
    return replace(found, slopes=found.slopes / block, errors=found.errors / block)
