"""Differences of shares at the planned end, right also when successes are few."""

from __future__ import annotations

import math

from analytics_lib.statistics.intervals import UNKNOWN, Interval


def wilson_bounds(share: float, trials: int, confidence: float) -> tuple[float, float]:
    """Give the range in which the true share plausibly lies; never outside [0, 1].

    Parameters
    ----------
    share
        Successes over trials, in [0, 1].
    trials
        Number of trials; bounds are NaN for 0.
    confidence
        Share of such ranges that hold the truth.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.

    Examples
    --------
    >>> [round(bound, 4) for bound in wilson_bounds(81 / 263, 263, 0.95)]
    [0.2553, 0.3662]
    """
    from scipy.special import ndtri

    if not trials:
        return math.nan, math.nan
    z = float(ndtri((1 + confidence) / 2))
    grown = 1 + z**2 / trials
    centre = (share + z**2 / (2 * trials)) / grown
    reach = z / grown * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def share_difference(control: tuple[float, int], variant: tuple[float, int], confidence: float) -> Interval:
    """Give the interval of a difference of two shares, and the p-value of the pooled score test.

    Prefer it to mean ± standard errors, which is too narrow near 0 and 1 and has no width at all at 0 successes.

    Parameters
    ----------
    control, variant
        Share in [0, 1] and number of users.
    confidence
        Share of such intervals that hold the truth.

    References
    ----------
    Newcombe (1998), Stat. Med. 17, 873-890, method 10; Pearson's chi-square without correction for the p-value.

    Examples
    --------
    >>> found = share_difference((48 / 80, 80), (56 / 70, 70), 0.95)
    >>> round(found.low, 4), round(found.high, 4)  # Newcombe's table II, case (a), turned round
    (0.0524, 0.3339)
    """
    from scipy.special import ndtr

    (first, first_users), (second, second_users) = control, variant
    if not first_users or not second_users:
        return UNKNOWN
    gap = second - first
    first_low, first_high = wilson_bounds(first, first_users, confidence)
    second_low, second_high = wilson_bounds(second, second_users, confidence)
    low = gap - math.hypot(second - second_low, first_high - first)
    high = gap + math.hypot(second_high - second, first - first_low)
    pooled = (first * first_users + second * second_users) / (first_users + second_users)
    squared = pooled * (1 - pooled) * (1 / first_users + 1 / second_users)
    p_value = 2 * float(ndtr(-abs(gap) / math.sqrt(squared))) if squared > 0 else 1.0
    return Interval(low, high, p_value)
