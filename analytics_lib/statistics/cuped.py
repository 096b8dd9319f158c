"""Estimates from sufficient statistics: means, ratios, and both adjusted by what was known before (CUPED)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analytics_lib.statistics.aggregates import Floats, VariantMoments
from analytics_lib.statistics.intervals import Estimate, difference, fixed_horizon

UNHEALTHY: Final = 0.001
"""p-value of a difference *before* the experiment below which the covariate is not trusted."""


def plain_estimate(moments: VariantMoments) -> Estimate:
    """Give the mean, or with a denominator the ratio of means with its delta-method variance.

    Parameters
    ----------
    moments
        Of one variant.

    References
    ----------
    Deng, Knoblich, Lu (2018), KDD, "Applying the delta method in metric analytics".
    """
    value, gradient = _linear(moments, "metric", "denominator")
    return Estimate(moments.users, value, float(gradient @ moments.covariance @ gradient))


def _linear(moments: VariantMoments, top: str, bottom: str) -> tuple[float, Floats]:
    """Give a ratio (or mean) and how it moves with each mean."""
    gradient = np.zeros(len(moments.roles))
    place = moments.roles.index(top)
    if bottom not in moments.roles:
        gradient[place] = 1.0
        return float(moments.mean[place]), gradient
    below = moments.roles.index(bottom)
    denominator = float(moments.mean[below])
    if not denominator:
        return math.nan, np.full(len(moments.roles), math.nan)
    value = float(moments.mean[place]) / denominator
    gradient[place], gradient[below] = 1 / denominator, -value / denominator
    return value, gradient


@dataclass(frozen=True, slots=True)
class Adjustment:
    """The estimates after CUPED, and whether it may be trusted."""

    estimates: dict[Any, Estimate]
    """One per variant, adjusted; or the plain ones when `healthy` is false."""
    healthy: bool
    """The covariate did not differ between the variants before the experiment."""
    variance_kept: float
    """Adjusted variance over plain variance, pooled: 1 − correlation²."""
    notes: tuple[str, ...]
    """What was done, in words."""


def adjusted_estimates(moments: Mapping[Any, VariantMoments], control: Any) -> Adjustment:
    """Take out of each user's number what was already known before the experiment (CUPED).

    One coefficient for all variants, from the covariances within variants; so a true effect can't leak into it.
    A covariate that already differs between the variants (p < 0.001) is left out: either the assignment is broken
    or the covariate was measured after the exposure, and adjusting would move the answer.

    Parameters
    ----------
    moments
        One per variant, with the role ``covariate`` (and ``covariate_denominator`` for a ratio).
    control
        Name of the control.

    References
    ----------
    Deng, Xu, Kohavi, Walker (2013), WSDM, "Improving the sensitivity of online controlled experiments by utilizing
    pre-experiment data".
    """
    plain = {name: plain_estimate(found) for name, found in moments.items()}
    before = {name: _covariate_estimate(found) for name, found in moments.items()}
    worst = _worst_difference(before, control)
    if worst < UNHEALTHY:
        note = f"CUPED was left out: the covariate differs between the variants before the start (p = {worst:.1g})."
        return Adjustment(plain, healthy=False, variance_kept=1.0, notes=(note,))
    shared = {name: _covariate_covariance(found) for name, found in moments.items()}
    spread = _pooled({name: found.variance for name, found in before.items()}, moments)
    slope = _pooled(shared, moments) / spread if spread > 0 else 0.0
    users = sum(found.users for found in moments.values())
    centre = sum(found.users * found.value for found in before.values()) / users
    estimates = {
        name: Estimate(
            found.users,
            found.value - slope * (before[name].value - centre),
            found.variance - 2 * slope * shared[name] + slope**2 * before[name].variance,
        )
        for name, found in plain.items()
    }
    was = _pooled({name: found.variance for name, found in plain.items()}, moments)
    kept = _pooled({name: found.variance for name, found in estimates.items()}, moments) / was if was > 0 else math.nan
    note = f"CUPED: means are adjusted for the covariate; intervals are {math.sqrt(kept):.0%} as wide as without."
    return Adjustment(estimates, healthy=True, variance_kept=kept, notes=(note,) if kept == kept else ())


def _covariate_estimate(moments: VariantMoments) -> Estimate:
    value, gradient = _linear(moments, "covariate", "covariate_denominator")
    return Estimate(moments.users, value, float(gradient @ moments.covariance @ gradient))


def _covariate_covariance(moments: VariantMoments) -> float:
    _, metric = _linear(moments, "metric", "denominator")
    _, covariate = _linear(moments, "covariate", "covariate_denominator")
    return float(metric @ moments.covariance @ covariate)


def _worst_difference(before: Mapping[Any, Estimate], control: Any) -> float:
    """Give the smallest p-value of a difference that can't be an effect, times the number of comparisons."""
    others = [found for name, found in before.items() if name != control]
    p_values = [fixed_horizon(difference(before[control], other), 0.95).p_value for other in others]
    known = [p_value for p_value in p_values if p_value == p_value]
    return min(known) * len(known) if known else 1.0


def _pooled(values: Mapping[Any, float], moments: Mapping[Any, VariantMoments]) -> float:
    weights = {name: found.users - 1 for name, found in moments.items() if found.users > 1}
    total = sum(weights.values())
    return sum(weights[name] * values[name] for name in weights) / total if total else math.nan
