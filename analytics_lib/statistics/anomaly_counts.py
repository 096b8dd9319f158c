"""Small counts judged as counts: Poisson, or negative binomial where they vary more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

SMALL: Final = 60.0
"""Counts whose 95 % quantile lies above are judged as continuous values."""
_EVEN: Final = 0.75
"""Counts whose variance is below this share of their mean are no counts of independent events."""
_CUTOFFS: Final = np.geomspace(1e-15, 1.0, 600)
_GROUPS: Final = 32
_EVIDENCE: Final = 2.5
"""Standard errors of the excess variance below which counts are Poisson."""
_CLIPPED: Final = 0.003
"""Chance beyond which a count says nothing about how much counts vary."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The chance of every count at every point, and the rates that a rule on it attains."""

    expected: Floats
    """Mean of each point."""
    extra: float
    """Variance beyond Poisson's, as a share of the squared mean; 0 = Poisson."""
    rates: Floats
    """Share of ordinary points whose chance is below each of a ladder of cutoffs."""

    def surprise(self, values: Floats) -> Floats:
        """Give minus the decimal logarithm of the share of ordinary points that are at least as surprising."""
        known = np.isfinite(values)
        chance = self.chance(np.where(known, values, 0.0))
        place = np.minimum(np.searchsorted(_CUTOFFS, chance), len(_CUTOFFS) - 1)
        return np.where(known, -np.log10(self.rates[place]), np.nan)

    def chance(self, values: Floats) -> Floats:
        """Give the chance of a count as far out on its side, at each point."""
        return np.minimum(at_most(values, self.expected, self.extra), at_least(values, self.expected, self.extra))

    def cutoff(self, chance: float) -> float:
        """Give the surprise from which points are flagged so that the attained rate is nearest to `chance`.

        Never more than twice `chance`. A side on which no count is rare enough gives its budget to the other.
        """
        allowed = self.rates[self.rates <= 2 * chance]
        if len(allowed) == 0:
            return float(-np.log10(chance))
        nearest = allowed[np.argmin(np.abs(allowed - chance))]
        return float(-np.log10(nearest)) - 1e-9

    def limits(self, chance: float) -> tuple[Floats, Floats]:
        """Give the smallest and the largest count at each point that is not flagged at `chance`."""
        below = int((self.rates <= 10.0 ** -self.cutoff(chance)).sum())
        cut = float(_CUTOFFS[max(below - 1, 0)])
        means, places = np.unique(self.expected, return_inverse=True)
        low, high = np.empty(len(means)), np.empty(len(means))
        for part in np.array_split(np.arange(len(means)), len(means) // 2000 + 1):
            counts = np.arange(_largest(float(means.max()), self.extra))[:, None]
            low[part] = (at_most(counts, means[part], self.extra) <= cut).sum(axis=0)
            high[part] = (at_least(counts, means[part], self.extra) > cut).sum(axis=0) - 1
        return low[places], high[places]


def are_small_counts(values: Floats) -> bool:
    """Tell whether values look like small counts of events: whole, never negative, and varying enough."""
    known = values[np.isfinite(values)]
    if len(known) == 0 or known.min() < 0 or (known != np.floor(known)).any():
        return False
    ordinary = known[known <= np.quantile(known, 0.99)]
    small = float(np.quantile(known, 0.95)) <= SMALL
    return small and float(np.var(ordinary)) >= _EVEN * float(np.mean(ordinary)) > 0


def fit_counts(values: Floats, expected: Floats, left_out: Flags) -> Counts:
    """Fit how counts vary around their expectation; points left out don't count."""
    floor = 0.05 * float(np.nanmean(values)) + 1.0 / len(values)
    mean = np.maximum(expected, floor)
    used = np.isfinite(values) & ~left_out
    extra = extra_variance(values[used], mean[used])
    return Counts(mean, extra, _attainable(_groups(mean)[0], extra))


def extra_variance(values: Floats, mean: Floats) -> float:
    """Find the variance beyond Poisson's at which the clipped squares of the model are those of the data."""
    if len(values) == 0:
        return 0.0
    middle, group = _groups(mean)

    def excess(extra: float) -> float:
        bound, square = _clipped_squares(middle, extra)
        return float(np.mean((np.minimum(values, bound[group]) - mean) ** 2 - square[group]))

    noise = float(np.mean(mean) * np.sqrt(2.0 / len(values)))
    if excess(0.0) < _EVIDENCE * noise:
        return 0.0
    low, high = 1e-5, 1e-5
    while excess(high) > 0 and high < 100:
        low, high = high, high * 8
    for _ in range(8):
        half = float(np.sqrt(low * high))
        low, high = (half, high) if excess(half) > 0 else (low, half)
    return float(np.sqrt(low * high))


def _clipped_squares(means: Floats, extra: float) -> tuple[Floats, Floats]:
    """Give the count beyond which lies the chance `_CLIPPED`, and the mean square of counts clipped there."""
    counts = np.arange(_largest(float(means.max()), extra))[:, None]
    beyond = at_least(counts, means, extra)
    bound = (beyond > _CLIPPED).sum(axis=0).astype(float)
    mass = beyond - np.vstack([beyond[1:], np.zeros((1, len(means)))])
    return bound, (mass * (np.minimum(counts, bound) - means) ** 2).sum(axis=0)


def _groups(mean: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Give up to 32 typical means, and to which of them each mean is nearest by rank."""
    edges = np.unique(np.quantile(mean, np.linspace(0, 1, _GROUPS + 1)[1:-1]))
    group = np.searchsorted(edges, mean)
    totals, sizes = np.bincount(group, weights=mean), np.bincount(group)
    _, place = np.unique(group, return_inverse=True)
    return totals[sizes > 0] / sizes[sizes > 0], place


def _attainable(means: Floats, extra: float) -> Floats:
    """Give the share of points that each cutoff on the chance would cut off, on both sides together."""
    counts = np.arange(_largest(float(means.max()), extra))[:, None]
    rates = np.zeros(len(_CUTOFFS))
    for chances in (at_least(counts, means, extra)[::-1], at_most(counts, means, extra)):
        for column in np.ascontiguousarray(chances.T):  # ascending along the column
            place = np.searchsorted(column, _CUTOFFS, side="right") - 1
            rates += np.where(place >= 0, column[np.maximum(place, 0)], 0.0) / len(means)
    return np.clip(rates, 1e-16, 1.0)


def _largest(mean: float, extra: float) -> float:
    """Give a count that is out of reach."""
    return float(np.ceil(mean + 12.0 * np.sqrt(mean + extra * mean * mean) + 40.0 * extra * mean + 25.0))


def at_most(counts: Floats, means: Floats, extra: float | Floats) -> Floats:
    """Give the chance of at most so many events; `extra` is one number, or one above 0 per mean."""
    from scipy.special import betainc, gammaincc

    if not np.any(np.greater(extra, 0)):
        return np.asarray(gammaincc(counts + 1.0, means))
    size = 1.0 / extra
    return np.asarray(betainc(size, counts + 1.0, size / (size + means)))


def at_least(counts: Floats, means: Floats, extra: float | Floats) -> Floats:
    """Give the chance of at least so many events; `extra` is one number, or one above 0 per mean."""
    from scipy.special import betainc, gammainc

    first = np.maximum(counts, 1.0)
    if not np.any(np.greater(extra, 0)):
        return np.where(counts < 1.0, 1.0, gammainc(first, means))
    return np.where(counts < 1.0, 1.0, betainc(first, 1.0 / extra, means / (1.0 / extra + means)))
