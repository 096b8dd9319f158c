"""The median of all pairwise slopes: a slope that a quarter of wild values can't move far."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

MOST_PAIRS: Final = 1500
"""Points at most whose pairs are all compared; longer series are averaged in blocks first."""


def theil_sen(times: Floats, values: Floats) -> tuple[float, float]:
    """Give slope and intercept of the Theil–Sen line through known values.

    Parameters
    ----------
    times, values
        Finite floats, shape (n,) with n of 2 to :data:`MOST_PAIRS`, times ascending.

    Returns
    -------
    tuple of float
        The median of the slopes of all pairs, and the median of what the line leaves.

    References
    ----------
    P. K. Sen (1968), Estimates of the regression coefficient based on Kendall's tau.

    Examples
    --------
    >>> theil_sen(np.arange(5.0), np.array([1.0, 3.0, 5.0, 70.0, 9.0]))
    (2.0, 1.0)
    """
    even = bool((np.diff(times) == 1).all())
    slopes = _differences(values) / (_distances(len(values)) if even else _differences(times))
    slope = float(np.median(slopes, overwrite_input=True))
    return slope, float(np.median(values - slope * times))


def _differences(values: Floats) -> Floats:
    """Subtract from each value all those before it."""
    count = len(values)
    found = np.empty(count * (count - 1) // 2)
    first = 0
    for place in range(1, count):
        np.subtract(values[place:], values[:-place], out=found[first : first + count - place])
        first += count - place
    return found


@lru_cache(maxsize=8)
def _distances(count: int) -> Floats:
    return _differences(np.arange(float(count)))
