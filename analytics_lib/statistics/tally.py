"""How often each value occurs: a mergeable partial that knows percentiles and modes too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics_lib.statistics.moments import Moments, checked_weights, moments

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Distinct values, ascending, with how often each counts; add two of them to merge.

    This is what ``SELECT value, count(*) … GROUP BY value`` gives: ``tally(frame.value, weights=frame["count"])``.

    Examples
    --------
    >>> (tally([1, 2]) + tally([2, 4])).quantiles([0.5])
    array([2.])
    """

    values: Floats
    """Distinct finite values, ascending."""
    weights: Floats
    """How often each of them counts."""
    missing: int = 0
    """Number of values left out, since they were missing or infinite."""

    def __add__(self, other: Tally) -> Tally:
        """Merge two partials."""
        joined = tally(np.append(self.values, other.values), np.append(self.weights, other.weights))
        return Tally(joined.values, joined.weights, self.missing + other.missing)

    @property
    def moments(self) -> Moments:
        """Exact moments of the same values."""
        found = moments(self.values, None if (self.weights == 1).all() else self.weights)
        return found + Moments(missing=self.missing)

    def quantiles(self, shares: Sequence[float]) -> Floats:
        """Give quantiles by linear interpolation at ``share * (weight - 1)``, as numpy does; NaN when empty.

        A weight repeats its value: a weight of 3 means the value stood there three times.
        """
        if len(self.values) == 0:
            return np.full(len(shares), np.nan)
        reached = np.cumsum(self.weights)
        places = np.clip(np.asarray(shares, dtype=float) * (reached[-1] - 1), 0, None)
        below = self._at(reached, np.floor(places))
        above = self._at(reached, np.floor(places) + 1)
        part = places - np.floor(places)
        with np.errstate(over="ignore"):
            step = above - below
        if not np.isfinite(step).all():  # the two ends lie further apart than a float can say
            return below * (1 - part) + above * part
        nearer = np.where(part > 0.5, above - step * (1 - part), below + step * part)  # from the nearer end, as numpy
        return np.where(part == 0.5, below / 2 + above / 2, nearer)  # a step between opposite values loses digits

    def _at(self, reached: Floats, places: Floats) -> Floats:
        found = np.searchsorted(reached, places, side="right")
        return self.values[np.minimum(found, len(self.values) - 1)]

    @property
    def modes(self) -> Floats:
        """Every most frequent value, ascending; all of them when all are different."""
        return self.values[self.weights == self.weights.max()] if len(self.values) else self.values


def tally(values: ArrayLike, weights: ArrayLike | None = None) -> Tally:
    """Count how often each value occurs.

    Parameters
    ----------
    values
        Numbers, shape (n,). Missing and infinite ones are counted as missing.
    weights
        How often each value counts; None = once.
    """
    numbers = np.asarray(values, dtype=float).ravel()
    known = np.isfinite(numbers)
    missing = int(len(numbers) - known.sum())
    if weights is None:
        distinct, counts = np.unique(numbers[known], return_counts=True)
        return Tally(distinct, counts.astype(float), missing)
    shares = checked_weights(weights, len(numbers))
    known &= ~(np.isfinite(numbers) & (shares == 0))  # a weight of 0 says that the value is not there
    distinct, places = np.unique(numbers[known], return_inverse=True)
    counts = np.bincount(places, weights=shares[known], minlength=len(distinct))
    return Tally(distinct, counts.astype(float), missing)
