"""On which scale are deviations equally large everywhere? Values, their roots or their logarithms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_season import clip, moving_level, spread, take_season

Floats: TypeAlias = NDArray[np.float64]

_POWERS: Final = (1.0, 0.5, 0.25, 0.0)
_LEVELS: Final = np.array([0.04, 0.06, 0.1, 0.15, 0.2, 0.25])
_DEVIATES: Final = np.array([1.7507, 1.5548, 1.2816, 1.0364, 0.8416, 0.6745])
_EVIDENCE: Final = 16.0
"""Squared standard errors of skewness and growing spread together before values are transformed at all."""


@dataclass(frozen=True, slots=True)
class Power:
    """A Box-Cox scale: power 1 leaves values as they are, 0 takes logarithms."""

    power: float
    shift: float = 0.0

    def forward(self, values: Floats) -> Floats:
        """Carry values to the scale."""
        if self.power == 1.0:
            return values
        moved = np.maximum(values + self.shift, 1e-300)
        return np.log(moved) if self.power == 0.0 else moved**self.power / self.power

    def back(self, scaled: Floats) -> Floats:
        """Carry scaled values back; below the reach of the scale it is its lowest value."""
        if self.power == 1.0:
            return scaled
        if self.power == 0.0:
            return np.exp(np.minimum(scaled, 700.0)) - self.shift
        return np.maximum(scaled * self.power, 0.0) ** (1.0 / self.power) - self.shift


def choose_power(values: Floats, periods: tuple[int, ...], kind: str) -> Power:
    """Choose the scale on which residuals are most symmetric and their spread depends least on the level.

    Values that are not all positive stay as they are, and so do those whose residuals give no strong reason.
    Counts are moved by 3/8 (Anscombe), so that zeros have a logarithm.
    """
    known = values[np.isfinite(values)]
    shift = 0.375 if kind == "count" else 0.0
    if len(known) < 40 or known.min() + shift <= 0:
        return Power(1.0)
    scales = [Power(power, shift) for power in _POWERS]
    unfit = [_unfitness(scale.forward(values), periods) for scale in scales]
    return scales[0] if unfit[0] < _EVIDENCE else scales[int(np.argmin(unfit))]


def _unfitness(scaled: Floats, periods: tuple[int, ...]) -> float:
    season = take_season(scaled, periods[0]) if periods else None
    rest = scaled if season is None else scaled - season
    level = moving_level(clip(rest), 25)
    residuals = rest - level
    expected = level if season is None else level + season
    known = np.isfinite(residuals)
    count = int(known.sum())
    return count * (_skewness(residuals[known]) ** 2 / 3.3 + _growth(residuals[known], expected[known]) ** 2)


def _skewness(residuals: Floats) -> float:
    middle = np.median(residuals)
    above = np.quantile(residuals, 1 - _LEVELS) - middle
    below = middle - np.quantile(residuals, _LEVELS)
    if min(above.min(), below.min()) <= 0:
        return 0.0
    return float(np.mean(np.log(above / below) / _DEVIATES))


def _growth(residuals: Floats, expected: Floats) -> float:
    """Give the correlation of the size of residuals with the level."""
    sizes = np.minimum(np.abs(residuals), 3.0 * spread(residuals))
    if np.ptp(sizes) == 0 or np.ptp(expected) == 0:
        return 0.0
    return float(np.corrcoef(sizes, expected)[0, 1])
