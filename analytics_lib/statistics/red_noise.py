"""A line through autocorrelated noise, averaged over all the autocorrelation the data allow.

The noise is a first-order autoregression, AR(1), with an unknown coefficient. Estimating that coefficient and then
trusting the estimate is what makes the usual trend tests reject too often. Here every coefficient from −0.95 to 1 (a
random walk) contributes with its restricted likelihood, which neither slope, level nor scale of the noise can bias.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_COEFFICIENTS: Final = np.concatenate(
    [np.linspace(-0.95, 0.7, 34), np.linspace(0.72, 0.98, 14), [0.985, 0.99, 0.995, 1.0]]
)
_WIDTHS: Final = np.gradient(_COEFFICIENTS)
_WALK_SHARE: Final = 0.25  # prior probability of a random walk, so that walks are not mistaken for slow red noise
_SHARPNESS: Final = (
    1.5  # exponent of the likelihood; the value at which simulated tests come nearest to their nominal level
)


@dataclass(frozen=True, slots=True)
class SlopePosterior:
    """What is known about a slope: a mixture of t distributions, one per autocorrelation."""

    slopes: Floats
    """Estimate for each coefficient of the grid."""
    errors: Floats
    """Standard error for each."""
    weights: Floats
    """How much each counts; they add up to 1."""
    freedom: int
    """Degrees of freedom."""

    @property
    def autocorrelation(self) -> float:
        """Mean autocorrelation of neighbouring values, −1 to 1."""
        return float(self.weights @ _COEFFICIENTS)

    def with_fewer(self, spent: int) -> SlopePosterior:
        """Give the same with so many degrees of freedom less, but at least one left."""
        left = max(1, self.freedom - spent)
        return replace(self, errors=self.errors * np.sqrt(self.freedom / left), freedom=left)

    def p_value(self) -> float:
        """Probability of a slope as far from zero as this one when there is none (two-sided)."""
        return float(min(1.0, 2 * min(self._below(0.0), 1 - self._below(0.0))))

    def quantile(self, share: float) -> float:
        """Give the slope below which the given share of the mixture lies, by bisection."""
        from scipy.special import stdtr

        used = self.weights > 1e-10
        slopes, errors, weights = self.slopes[used], self.errors[used], self.weights[used] / self.weights[used].sum()
        low, high = float((slopes - 200 * errors).min()), float((slopes + 200 * errors).max())
        for _ in range(60):
            middle = (low + high) / 2
            below = float(weights @ stdtr(self.freedom, (middle - slopes) / errors))
            low, high = (middle, high) if below < share else (low, middle)
        return (low + high) / 2

    def _below(self, slope: float) -> float:
        from scipy.special import stdtr

        return float(self.weights @ stdtr(self.freedom, (slope - self.slopes) / self.errors))


def slope_posterior(times: Floats, values: Floats) -> SlopePosterior:
    """Fit a line with AR(1) noise, averaging over the autocorrelation.

    Parameters
    ----------
    times
        Ascending whole numbers (steps of the grid); missing steps are simply not there, shape (n,), n at least 4.
    values
        Finite floats, not all on one line, shape (n,).

    References
    ----------
    D. A. Harville (1974), Bayesian inference for variance components using only error contrasts.
    P. Perron, T. Yabu (2009), Estimating deterministic trends with an integrated or stationary noise component.
    """
    steps = np.round(np.diff(times))
    near_one = np.minimum(_COEFFICIENTS, 1 - 1e-9)[:, None]  # the likelihood has a limit at 1, the formula has not
    decay = np.sign(near_one) ** steps * np.abs(near_one) ** steps
    fresh = np.sqrt(1 - decay**2)  # noise that a longer gap adds
    unit = np.sqrt(1 - near_one**2)
    first = np.sqrt(1 - near_one**2)

    def innovations(series: Floats) -> Floats:
        later = (series[1:] - decay * series[:-1]) * (unit / fresh)
        return np.concatenate([first * series[0], later], axis=1)

    level, line, noise = (innovations(part) for part in (np.ones(len(values)), times - times.mean(), values))
    log_scale = len(values) * np.log(unit[:, 0]) - np.log(fresh).sum(axis=1)
    return _weighed(level, line, noise, log_scale)


def _weighed(level: Floats, line: Floats, noise: Floats, log_scale: Floats) -> SlopePosterior:
    """Profile level, slope and scale out of the likelihood at every coefficient."""
    squares = (level * level).sum(axis=1)
    line = line - level * ((level * line).sum(axis=1) / squares)[:, None]
    noise = noise - level * ((level * noise).sum(axis=1) / squares)[:, None]
    spread = (line * line).sum(axis=1)
    slopes = (line * noise).sum(axis=1) / spread
    left = ((noise - line * slopes[:, None]) ** 2).sum(axis=1)
    freedom = level.shape[1] - 2
    likelihood = log_scale - freedom / 2 * np.log(left) - 0.5 * np.log(squares) - 0.5 * np.log(spread)
    weights = np.exp(_SHARPNESS * (likelihood - likelihood.max()))
    prior = _WIDTHS * np.sqrt(1.02 - _COEFFICIENTS)
    prior = prior / prior.sum() * (1 - _WALK_SHARE)
    prior[-1] += _WALK_SHARE
    weights = weights * prior
    return SlopePosterior(slopes, np.sqrt(left / freedom / spread), weights / weights.sum(), freedom)
