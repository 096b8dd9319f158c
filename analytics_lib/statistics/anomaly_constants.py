"""A series that is one value but for a few exceptions: nothing varies, so no spread says what is far."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_reasons import point_reasons
from analytics_lib.statistics.anomaly_rules import Verdict
from analytics_lib.statistics.anomaly_tails import FEWEST

Floats: TypeAlias = NDArray[np.float64]

_MOSTLY: Final = 0.9
"""Share of equal values from which nothing varies."""


def constant_but_for_few(values: Floats) -> float | None:
    """Give the value that nine in ten known values have, or None.

    Examples
    --------
    >>> constant_but_for_few(np.r_[np.full(99, 7.5), 1000.0]), constant_but_for_few(np.arange(100.0))
    (7.5, None)
    """
    known = values[np.isfinite(values)]
    if len(known) < FEWEST:
        return None
    usual = float(np.sort(known)[len(known) // 2])
    return usual if _MOSTLY <= float((known == usual).mean()) < 1 else None


def judge_exceptions(values: Floats, usual: float, chance: float) -> Verdict:
    """Flag the values that differ where so few do that the promised rate allows for them; a single one always.

    Parameters
    ----------
    values
        One value per step, NaN where unknown.
    usual
        What nearly all values are.
    chance
        Share of points that may be flagged.
    """
    known = np.isfinite(values)
    other = known & (values != usual)
    count, observed = int(other.sum()), int(known.sum())
    level = np.zeros(len(values), np.int64)
    for share, allowed in ((1.0, 1.0), (0.1, 0.0), (0.01, 0.0)):
        level += other & (count <= max(allowed, chance * share * observed))
    level[~known] = -1
    expected = np.where(known, usual, np.nan)
    score = np.where(known, np.where(other, np.log10(observed / max(count, 1)), 0.0), np.nan)
    return Verdict(expected, expected, expected, score, level, point_reasons(values, expected, level > 0))
