"""Quantiles of a variant with a standard error that knows rows of one user belong together."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from analytics_lib.statistics.aggregates import Floats
from analytics_lib.statistics.intervals import Estimate

_OUTER_CONFIDENCE = 0.95  # the order statistics that measure the local density; any usual level does


def fewest_rows(quantile: float) -> float:
    """Give the number of rows below which a quantile gets no interval: 4 q / (1 − q), or its mirror.

    Examples
    --------
    >>> round(fewest_rows(0.99))
    396
    """
    return 4 * max(quantile / (1 - quantile), (1 - quantile) / quantile)


def quantile_estimate(values: ArrayLike, quantile: float, users: ArrayLike | None = None) -> Estimate:
    """Give a quantile and its variance per user.

    The share of rows below the quantile is a ratio metric, whose standard error follows from the delta method
    with users as units; the order statistics that far left and right of the quantile turn it into the unit of
    the metric.

    Parameters
    ----------
    values
        Measured rows, shape (n,), no unknown values.
    quantile
        Strictly between 0 and 1; by linear interpolation.
    users
        User of each row, shape (n,); without it each row is its own user.

    Returns
    -------
    Estimate
        Its variance is NaN when there are too few rows (see :func:`fewest_rows`).

    References
    ----------
    Deng, Knoblich, Lu (2018), KDD, "Applying the delta method in metric analytics", section 4.
    """
    from scipy.special import ndtri

    rows = np.sort(np.asarray(values, dtype=np.float64))
    count = rows.size
    found = float(np.quantile(rows, quantile)) if count else math.nan
    units = count if users is None else int(np.unique(np.asarray(users)).size)
    if count < fewest_rows(quantile) or units < 2:
        return Estimate(units, found, math.nan)
    deviation = math.sqrt(_share_variance(np.asarray(values, dtype=np.float64) <= found, users) / units)
    z = float(ndtri((1 + _OUTER_CONFIDENCE) / 2))
    low = max(math.floor(count * (quantile - z * deviation)) - 1, 0)
    high = min(math.ceil(count * (quantile + z * deviation)), count - 1)
    error = float(rows[high] - rows[low]) / (2 * z)
    return Estimate(units, found, error**2 * units)


def _share_variance(below: ArrayLike, users: ArrayLike | None) -> float:
    """Give the variance per user of the share of rows below."""
    hits = np.asarray(below, dtype=np.float64)
    if users is None:
        return float(hits.var(ddof=1))
    _, place = np.unique(np.asarray(users), return_inverse=True)
    totals: Floats = np.bincount(place).astype(np.float64)
    sums = np.bincount(place, weights=hits)
    share = sums.sum() / totals.sum()
    return float(np.var(sums - share * totals, ddof=1) / totals.mean() ** 2)
