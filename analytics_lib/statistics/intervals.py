"""Three ways to say how large a difference may be: at a planned end, at any time, or as a belief.

Everything here works on one number per variant (an :class:`Estimate`) and knows nothing of rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

DEFAULT_TUNING: Final = 5000
"""Users in all at which the always-valid interval is tightest. Fixed before the data are seen."""

FEWEST_USERS: Final = 8
"""Below so many users in a variant no interval is given."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean-like number of one variant."""

    users: int
    """Randomised users behind it."""
    value: float
    """The number itself."""
    variance: float
    """Variance per user: `variance / users` is the squared standard error."""

    @property
    def squared_error(self) -> float:
        """Squared standard error."""
        return self.variance / self.users if self.users else math.nan


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference between a variant and the control."""

    value: float
    """Variant minus control, or that over control when the effect is relative."""
    squared_error: float
    """Squared standard error of `value`; NaN when there is too little data."""
    users: int
    """Users of both variants."""
    freedom: float
    """Degrees of freedom of the standard error."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds and the evidence against "no difference"."""

    low: float
    """Lower bound; NaN when unknown."""
    high: float
    """Upper bound; NaN when unknown."""
    p_value: float
    """Evidence against no difference; NaN when unknown or not defined."""


UNKNOWN: Final = Interval(math.nan, math.nan, math.nan)


def difference(control: Estimate, variant: Estimate, *, pooled: bool = False) -> Contrast:
    """Give variant minus control.

    Parameters
    ----------
    control, variant
        The two numbers.
    pooled
        One variance for both (Student), instead of one each (Welch).
    """
    users = control.users + variant.users
    parts = (control.squared_error, variant.squared_error)
    squared = sum(parts)
    freedom = welch_freedom(parts, (control.users, variant.users))
    if pooled and min(control.users, variant.users) > 1:
        freedom = float(users - 2)
        total = control.variance * (control.users - 1) + variant.variance * (variant.users - 1)
        squared = total / freedom * (1 / control.users + 1 / variant.users)
    return Contrast(variant.value - control.value, _enough(control, variant, squared), users, freedom)


def relative_difference(control: Estimate, variant: Estimate) -> Contrast:
    """Give (variant − control) / control, by the delta method.

    Unknown interval when the control lies within 3 standard errors of zero: the ratio then has no usable
    normal approximation.

    References
    ----------
    Deng, Knoblich, Lu (2018), KDD, "Applying the delta method in metric analytics".
    """
    users = control.users + variant.users
    if not control.value:
        return Contrast(math.nan, math.nan, users, math.nan)
    ratio = variant.value / control.value
    squared = (variant.squared_error + ratio**2 * control.squared_error) / control.value**2
    parts = (control.squared_error, variant.squared_error)
    freedom = welch_freedom(parts, (control.users, variant.users))
    if control.value**2 < 9 * control.squared_error:
        squared = math.nan
    return Contrast(ratio - 1, _enough(control, variant, squared), users, freedom)


def _enough(control: Estimate, variant: Estimate, squared: float) -> float:
    few = min(control.users, variant.users) < FEWEST_USERS
    return math.nan if few or not squared > 0 else squared


def welch_freedom(squared_errors: tuple[float, float], users: tuple[int, int]) -> float:
    """Give the Welch-Satterthwaite degrees of freedom; NaN without any spread."""
    below = sum(part**2 / (count - 1) for part, count in zip(squared_errors, users, strict=True) if count > 1)
    return sum(squared_errors) ** 2 / below if below > 0 else math.nan


def fixed_horizon(contrast: Contrast, confidence: float) -> Interval:
    """Give the interval that is right when looked at once, at the planned number of users.

    References
    ----------
    Welch (1947), Biometrika 34, 28-35.
    """
    from scipy.special import stdtr, stdtrit

    if not contrast.squared_error > 0:
        return UNKNOWN
    error = math.sqrt(contrast.squared_error)
    reach = float(stdtrit(contrast.freedom, (1 + confidence) / 2)) * error
    p_value = 2 * float(stdtr(contrast.freedom, -abs(contrast.value) / error))
    return Interval(contrast.value - reach, contrast.value + reach, p_value)


def tuning_scale(confidence: float, tuning: float) -> float:
    """Give the mixture variance that makes the always-valid interval tightest at `tuning` users."""
    log_error = -2 * math.log(1 - confidence)
    return (log_error + math.log(log_error + 1)) / tuning


def always_valid(contrast: Contrast, confidence: float, *, tuning: float = DEFAULT_TUNING) -> Interval:
    """Give the interval that is right however often, and whenever, it is looked at.

    An asymptotic confidence sequence with a normal mixture; the p-value is the one that belongs to it (the
    interval at 1 − p just touches zero). At `tuning` users it is 1.55 times as wide as the fixed interval.

    Parameters
    ----------
    contrast
        The difference so far.
    confidence
        Share of experiments whose *whole sequence* of intervals holds the truth.
    tuning
        Users in all at which it is tightest; must not change while the experiment runs.

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), Ann. Stat. 52, 2613-2640.
    """
    if not contrast.squared_error > 0:
        return UNKNOWN
    grown = contrast.users * tuning_scale(confidence, tuning)
    scale = contrast.squared_error * (grown + 1) / grown
    reach = math.sqrt(2 * scale * math.log(math.sqrt(grown + 1) / (1 - confidence)))
    log_p = 0.5 * math.log1p(grown) - contrast.value**2 / (2 * scale)
    return Interval(contrast.value - reach, contrast.value + reach, math.exp(min(log_p, 0.0)))


def always_valid_reach(users: float, confidence: float, *, tuning: float = DEFAULT_TUNING) -> float:
    """Give the half-width of the always-valid interval in standard errors, at this many users."""
    grown = users * tuning_scale(confidence, tuning)
    return math.sqrt(2 * (grown + 1) / grown * math.log(math.sqrt(grown + 1) / (1 - confidence)))


@dataclass(frozen=True, slots=True)
class Belief:
    """What to believe about a difference after seeing the data."""

    interval: Interval
    """Credible interval; its p_value is NaN, beliefs have none."""
    probability_better: float
    """Probability that the difference is above zero."""
    expected_loss: float
    """Expected loss, in units of the metric, of choosing the variant: E[max(−difference, 0)]."""


def bayesian(
    contrast: Contrast, confidence: float, *, prior_mean: float = 0.0, prior_deviation: float = math.inf
) -> Belief:
    """Give the posterior of the difference under a normal prior.

    Parameters
    ----------
    contrast
        The difference; its likelihood is taken as normal.
    confidence
        Probability inside the credible interval.
    prior_mean, prior_deviation
        Normal prior of the effect; an infinite deviation is the flat prior.

    References
    ----------
    Stucchio (2015), "Bayesian A/B testing at VWO" (expected loss); Gelman et al., "Bayesian Data Analysis", ch. 2.
    """
    from scipy.special import ndtr, ndtri

    if not contrast.squared_error > 0:
        return Belief(UNKNOWN, math.nan, math.nan)
    precision = 1 / contrast.squared_error + 1 / prior_deviation**2
    mean = (contrast.value / contrast.squared_error + prior_mean / prior_deviation**2) / precision
    deviation = math.sqrt(1 / precision)
    reach = float(ndtri((1 + confidence) / 2)) * deviation
    height = mean / deviation
    density = math.exp(-(height**2) / 2) / math.sqrt(2 * math.pi)
    loss = deviation * density - mean * float(ndtr(-height))
    return Belief(Interval(mean - reach, mean + reach, math.nan), float(ndtr(height)), loss)
