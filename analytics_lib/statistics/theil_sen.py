"""The median of all pairwise slopes: a slope that a quarter of wild values can't move far."""

from __future__ import annotations

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
    slope = _median(_slopes(times, values))
    return slope, _median(values - slope * times)


def _median(values: Floats) -> float:
    """Give the median of finite values, which change places; numpy's partitions twice when their number is even."""
    half = len(values) // 2
    values.partition(half)
    return float(values[half]) if len(values) % 2 else float((values[:half].max() + values[half]) / 2)


def _slopes(times: Floats, values: Floats) -> Floats:
    """Give the slopes of all pairs, those of neighbours first."""
    count = len(values)
    found = np.empty(count * (count - 1) // 2)
    even = bool((np.diff(times) == times[1] - times[0]).all())
    first = 0
    for apart in range(1, count):
        part = found[first : first + count - apart]
        np.subtract(values[apart:], values[:-apart], out=part)
        part /= times[apart] - times[0] if even else times[apart:] - times[:-apart]
        first += count - apart
    return found
