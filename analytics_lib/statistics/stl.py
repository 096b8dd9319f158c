"""STL: a series as trend, season and remainder, by repeated local regression. Gaps stay out of every fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.loess import loess

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Smoothing:
    """The windows (odd numbers of steps), degrees and jumps of the three smooths, and how often they are repeated."""

    period: int
    """Steps of one season, at least 2."""
    seasonal: int
    """Window over the years (or weeks, days) of one place in the season, at least 3."""
    trend: int
    """Window of the trend, longer than the period."""
    low_pass: int
    """Window of what keeps the season free of trend, longer than the period."""
    degrees: tuple[int, int, int] = (1, 1, 1)
    """Degree (0 or 1) for season, trend, low-pass."""
    jumps: tuple[int, int, int] = (1, 1, 1)
    """Steps between fits for season, trend, low-pass."""
    inner: int = 2
    """Repetitions within each round."""
    outer: int = 0
    """Further rounds with robustness weights."""

    def __post_init__(self) -> None:
        """Refuse windows that the method can't use."""
        if self.period < 2:
            raise ArgumentError(f"a season of {self.period} steps can't repeat", "Give a period of at least 2 steps.")
        for name, window, least in (
            ("seasonal", self.seasonal, 3), ("trend", self.trend, self.period + 1),
            ("low_pass", self.low_pass, self.period + 1),
        ):  # fmt: skip
            if window % 2 == 0 or window < least:
                raise ArgumentError(f"{name}={window} can't be a window here", f"Give an odd number from {least} on.")


def smoothing(period: int, seasonal: int = 7, *, trend: int | None = None, degrees: tuple[int, int, int] = (1, 1, 1),
              robust: bool = False) -> Smoothing:  # fmt: skip
    """Choose the windows that the authors of STL recommend.

    Examples
    --------
    >>> smoothing(12, 7)
    Smoothing(period=12, seasonal=7, trend=23, low_pass=13, degrees=(1, 1, 1), jumps=(1, 1, 1), inner=5, outer=0)
    """
    wide = math.ceil(1.5 * period / (1 - 1.5 / seasonal)) if trend is None else trend
    inner, outer = (2, 15) if robust else (5, 0)
    return Smoothing(period, seasonal, wide | 1, (period + 1) | 1, degrees, inner=inner, outer=outer)


@dataclass(frozen=True, slots=True)
class Parts:
    """A decomposed series; every array has its length."""

    trend: Floats
    """The slow part."""
    seasonal: Floats
    """The repeating part."""
    weights: Floats
    """Robustness weights in [0, 1]; 0 at gaps."""


def stl(values: Floats, how: Smoothing) -> Parts:
    """Decompose values one step apart; NaN are gaps, through which trend and season go on.

    Parameters
    ----------
    values
        Floats, shape (n,), at least two periods long.
    how
        Windows, degrees and repetitions; :func:`smoothing` chooses them.

    References
    ----------
    R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning (1990), STL: a seasonal-trend decomposition
    procedure based on loess. Journal of Official Statistics 6, 3–73.
    """
    if len(values) < 2 * how.period:
        fact = f"{len(values)} steps hold fewer than two seasons of {how.period} steps"
        raise ArgumentError(fact, "Give a shorter period or a longer series.")
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    weights = None if known.all() else known.astype(float)
    seasonal, trend = _round(filled, np.zeros(len(values)), weights, known, how)
    for _ in range(how.outer):
        weights = _robustness(np.abs(filled - trend - seasonal), known)
        seasonal, trend = _round(filled, trend, weights, known, how)
    return Parts(trend, seasonal, known.astype(float) if weights is None else weights)


def _round(
    values: Floats, trend: Floats, weights: Floats | None, known: Flags, how: Smoothing
) -> tuple[Floats, Floats]:
    seasonal = trend
    column = None if weights is None else weights[:, None]
    for _ in range(how.inner):
        cycles = _cycles(values - trend, weights, known, how)
        drift = loess(_low_pass(cycles, how.period), how.low_pass, degree=how.degrees[2], jump=how.jumps[2])[:, 0]
        seasonal = cycles[how.period : -how.period] - drift
        left = values - seasonal
        smooth = loess(left[:, None], how.trend, weights=column, degree=how.degrees[1], jump=how.jumps[1])
        trend = _bridged(_or_given(smooth[:, 0], left, known))
    return seasonal, trend


def _cycles(values: Floats, weights: Floats | None, known: Flags, how: Smoothing) -> Floats:
    """Smooth each place of the season over its repetitions, one repetition beyond both ends."""
    length, period = len(values), how.period
    result = np.empty(length + 2 * period)
    longer = length % period
    for places in (np.arange(longer), np.arange(longer, period)):  # those with one repetition more come first
        if len(places) == 0:
            continue
        count = (length - 1 - int(places[0])) // period + 1
        at = places + period * np.arange(count)[:, None]
        own = None if weights is None else weights[at]
        smooth = loess(values[at], how.seasonal, weights=own, degree=how.degrees[0], jump=how.jumps[0], beyond=True)
        if weights is not None:
            smooth[1:-1] = _or_given(smooth[1:-1], values[at], known[at])
            smooth = np.column_stack([_bridged(column, wholly=False) for column in smooth.T])
        result[places + period * np.arange(count + 2)[:, None]] = smooth
    return _bridged(result)


def _or_given(smooth: Floats, given: Floats, known: Flags) -> Floats:
    """Keep a value as it is where no neighbour counts (all have robustness weight 0)."""
    return np.where(np.isnan(smooth) & known, given, smooth)


def _bridged(values: Floats, *, wholly: bool = True) -> Floats:
    """Join what is known by straight lines where every neighbour was a gap."""
    known = np.isfinite(values)
    if known.all() or (not known.any() and not wholly):
        return values
    if not known.any():
        return np.zeros(len(values))
    places = np.arange(len(values))
    return np.interp(places, places[known], values[known])


def _low_pass(cycles: Floats, period: int) -> Floats:
    """Average over a season twice and over three steps once."""
    for window in (period, period, 3):
        sums = np.cumsum(np.concatenate([[0.0], cycles]))
        cycles = (sums[window:] - sums[:-window]) / window
    return cycles[:, None]


def _robustness(apart: Floats, known: Flags) -> Floats:
    """Weigh values by how far they lie off, by Tukey's bisquare at six median distances; gaps weigh 0."""
    reach = 6.0 * float(np.median(apart[known]))
    if reach == 0:
        return known.astype(float)
    weights = (1 - np.minimum(apart / reach, 1) ** 2) ** 2
    weights = np.where(apart <= 0.001 * reach, 1.0, np.where(apart <= 0.999 * reach, weights, 0.0))
    return np.where(known, weights, 0.0)
