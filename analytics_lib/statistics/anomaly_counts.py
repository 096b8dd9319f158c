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


@dataclass(frozen=True, slots=True)
class Counts:
    """The chance of every count at every point, and the rates that a rule on it attains."""

    expected: Floats
    """Mean of each point."""
    extra: float
    """Variance beyond Poisson's, as a share of the squared mean; 0 = Poisson."""

    def surprise(self, values: Floats) -> Floats:
        """Give minus the decimal logarithm of the share of ordinary points that are at least as surprising."""
        known = np.isfinite(values)
        chance = np.full(len(values), np.nan)
        counts, means = values[known], self.expected[known]
        chance[known] = np.minimum(self._at_most(counts, means), self._at_least(counts, means))
        cutoffs, rates = self._attainable()
        place = np.minimum(np.searchsorted(cutoffs, np.where(known, chance, 1.0)), len(cutoffs) - 1)
        return np.where(known, -np.log10(rates[place]), np.nan)

    def cutoff(self, chance: float) -> float:
        """Give the surprise from which points are flagged so that the attained rate is nearest to `chance`.

        Never more than twice `chance`. A side on which no count is rare enough gives its budget to the other.
        """
        _, rates = self._attainable()
        allowed = rates[rates <= 2 * chance]
        if len(allowed) == 0:
            return float(-np.log10(chance))
        nearest = allowed[np.argmin(np.abs(allowed - chance))]
        return float(-np.log10(nearest)) - 1e-9

    def limits(self, chance: float) -> tuple[Floats, Floats]:
        """Give the smallest and the largest count at each point that is not flagged at `chance`."""
        means, places = np.unique(self.expected, return_inverse=True)
        cutoffs, rates = self._attainable()
        cut = float(cutoffs[max(int((rates <= 10.0 ** -self.cutoff(chance)).sum()) - 1, 0)])
        counts = np.arange(self._largest() + 1.0)
        low = np.array([float((self._at_most(counts, np.full_like(counts, mean)) <= cut).sum()) for mean in means])
        high = np.array([float((self._at_least(counts, np.full_like(counts, mean)) > cut).sum()) - 1 for mean in means])
        return low[places], high[places]

    def _largest(self) -> float:
        mean = float(self.expected.max())
        return float(np.ceil(mean + 40.0 * np.sqrt(mean + self.extra * mean * mean) + 40.0))

    def _attainable(self) -> tuple[Floats, Floats]:
        """Give chances that cut off points, ascending, and the share of points each cuts off."""
        middle = np.quantile(self.expected, (np.arange(48) + 0.5) / 48)
        counts = np.arange(self._largest() + 1.0)
        grid, mean = np.broadcast_arrays(counts[:, None], middle[None, :])
        cutoffs = np.unique(np.geomspace(1e-15, 1.0, 600))
        rates = np.zeros(len(cutoffs))
        for chances in (self._at_least(grid, mean)[::-1], self._at_most(grid, mean)):
            for column in chances.T:  # ascending down the column
                place = np.searchsorted(column, cutoffs, side="right") - 1
                rates += np.where(place >= 0, column[np.maximum(place, 0)], 0.0) / len(middle)
        return cutoffs, np.clip(rates, 1e-16, 1.0)

    def _at_most(self, counts: Floats, means: Floats) -> Floats:
        from scipy.special import betainc, gammaincc

        if self.extra <= 0:
            return np.asarray(gammaincc(counts + 1.0, means))
        size = 1.0 / self.extra
        return np.asarray(betainc(size, counts + 1.0, size / (size + means)))

    def _at_least(self, counts: Floats, means: Floats) -> Floats:
        from scipy.special import betainc, gammainc

        first = np.maximum(counts, 1.0)
        if self.extra <= 0:
            chance = gammainc(first, means)
        else:
            size = 1.0 / self.extra
            chance = betainc(first, size, means / (size + means))
        return np.where(counts < 1.0, 1.0, chance)


def are_small_counts(values: Floats) -> bool:
    """Tell whether values look like small counts of events: whole, never negative, and varying enough."""
    known = values[np.isfinite(values)]
    if len(known) == 0 or known.min() < 0 or (known != np.floor(known)).any():
        return False
    ordinary = known[known <= np.quantile(known, 0.99)]
    steps = np.diff(ordinary)
    varied = bool(np.var(ordinary) > 0 and np.mean(steps * steps) / 2 > 0)
    return varied and float(np.quantile(known, 0.95)) <= SMALL and np.var(ordinary) >= _EVEN * np.mean(ordinary)


def fit_counts(values: Floats, expected: Floats, left_out: Flags) -> Counts:
    """Fit how counts vary around their expectation; points left out don't count."""
    floor = 0.05 * float(np.nanmean(values)) + 1.0 / len(values)
    mean = np.maximum(expected, floor)
    used = np.isfinite(values) & ~left_out
    excess = (values[used] - mean[used]) ** 2 - mean[used]
    return Counts(mean, max(float(excess.sum() / (mean[used] ** 2).sum()), 0.0))
