"""How long things last when some are still going on: the Kaplan–Meier estimate and its intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics_lib.checks import number_between
from analytics_lib.errors import ArgumentError


def kaplan_meier(durations: ArrayLike, ended: ArrayLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """Tell which share is still there after each length of time, counting what is not over for as long as it was seen.

    Parameters
    ----------
    durations
        How long each was seen, at least 0, in any unit.
    ended
        Whether it was seen to end; otherwise it was still going on (censored).
    confidence
        Share of such intervals that hold the truth, at one length of time.

    Returns
    -------
    pandas.DataFrame
        Per length at which anything ended or was last seen: ``duration``, ``at_risk``, ``ended``, ``censored``,
        ``survival_rate``, ``survival_low``, ``survival_high`` (NaN where nothing has ended, or nothing is left).

    Raises
    ------
    ArgumentError
        The two differ in length, or a duration is negative or unknown.

    References
    ----------
    Kaplan, Meier (1958), J. Am. Stat. Assoc. 53, 457-481; Greenwood's variance; interval on the scale of
    log(−log S), which stays in [0, 1]: Kalbfleisch, Prentice, The Statistical Analysis of Failure Time Data, 1.4.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, False])["survival_rate"].tolist()
    [0.75, 0.5, 0.5]
    """
    number_between("confidence", confidence, 0, 1)
    length, over = np.asarray(durations, dtype=np.float64), np.asarray(ended, dtype=bool)
    if length.shape != over.shape or length.ndim != 1:
        raise ArgumentError(f"{length.size} durations and {over.size} endings", "Give one of each per thing.")
    if not (length >= 0).all():
        raise ArgumentError("a duration is negative or unknown", "Leave out what has no duration.")
    moments, place = np.unique(length, return_inverse=True)
    ends = np.bincount(place, weights=over, minlength=len(moments)).astype(np.int64)
    every = np.bincount(place, minlength=len(moments))
    at_risk = len(length) - np.cumsum(every) + every
    share = np.cumprod(1 - ends / np.maximum(at_risk, 1))
    low, high = _bounds(share, ends, at_risk, confidence)
    return pd.DataFrame({
        "duration": moments, "at_risk": at_risk, "ended": ends, "censored": every - ends,
        "survival_rate": share, "survival_low": low, "survival_high": high,
    })  # fmt: skip


def _bounds(share: np.ndarray, ends: np.ndarray, at_risk: np.ndarray, confidence: float) -> tuple[np.ndarray, ...]:
    from scipy.special import ndtri

    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(ends / (at_risk * (at_risk - ends)))
        reach = ndtri((1 + confidence) / 2) * np.sqrt(greenwood) / np.log(share)
        bounds = share ** np.exp(-reach), share ** np.exp(reach)
    known = (share > 0) & (share < 1)
    low, high = (np.where(known, bound, np.nan) for bound in bounds)
    return np.fmin(low, high), np.fmax(low, high)
