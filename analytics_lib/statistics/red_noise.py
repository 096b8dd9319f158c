"""A line through autocorrelated noise, averaged over all the autocorrelation the data allow.

The noise is a first-order autoregression, AR(1), with or without white measurement noise on top; neither its
coefficient nor the share of the white part is known. Estimating them and then trusting the estimates is what makes the
usual trend tests reject too often. Here every coefficient from −0.9 to 1 (a random walk) contributes with its
restricted likelihood, which slope, level and scale of the noise can't bias.

White measurement noise is given little weight beforehand: it has to show. Short series that hide a slow wandering
under much white noise can therefore still look like a trend; from about 300 values on they don't.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_PLAIN: Final = np.concatenate([np.linspace(-0.9, 0.7, 33), np.linspace(0.725, 0.95, 10), [0.97, 0.985, 1.0]])
_UNDER_NOISE: Final = np.array([0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.985, 1.0])
_COVERED: Final = np.array([0.2, 0.4, 0.55, 0.7, 0.8, 0.88, 0.94])  # minus the moving-average part over the coefficient

_WALK_SHARE: Final = 0.4  # prior probability of a random walk, so that walks are not mistaken for slow red noise
_NOISE_SHARE: Final = 0.0005  # prior probability of white noise on top
_SHARPNESS: Final = 1.5  # exponent of the likelihood; the value at which simulated tests come nearest to nominal


def _nodes() -> tuple[Floats, Floats, Floats]:
    """Give coefficient, variance of the white part (the innovations' is 1) and prior weight of each model."""
    plain = np.gradient(_PLAIN) * (1.02 - _PLAIN)
    plain *= (1 - _WALK_SHARE) / plain.sum()
    plain[-1] += _WALK_SHARE
    noisy = np.repeat(np.append(np.gradient(_UNDER_NOISE[:-1]), 0.0), len(_COVERED))
    noisy *= 0.7 / noisy.sum()
    noisy[-len(_COVERED) :] = 0.3 / len(_COVERED)
    coefficients = np.minimum(np.concatenate([_PLAIN, np.repeat(_UNDER_NOISE, len(_COVERED))]), 1 - 1e-7)
    covered = np.concatenate([np.zeros(len(_PLAIN)), np.tile(_COVERED, len(_UNDER_NOISE))])
    white = covered / (1 + (covered * coefficients) ** 2 - covered * (1 + coefficients**2))
    return coefficients, white, np.concatenate([plain * (1 - _NOISE_SHARE), noisy * _NOISE_SHARE])


COEFFICIENTS, WHITE, PRIOR = _nodes()
"""The models that are averaged over: coefficient, variance of the white part, prior weight."""


@dataclass(frozen=True, slots=True)
class SlopePosterior:
    """What is known about a slope: a mixture of t distributions, one per model of the noise."""

    slopes: Floats
    """Estimate under each model."""
    errors: Floats
    """Standard error under each."""
    weights: Floats
    """How much each counts; they add up to 1."""
    freedom: int
    """Degrees of freedom."""

    @property
    def autocorrelation(self) -> float:
        """Mean coefficient of the autoregression, −1 to 1."""
        return float(self.weights @ COEFFICIENTS)

    def with_fewer(self, spent: int) -> SlopePosterior:
        """Give the same with so many degrees of freedom less, but at least one left."""
        left = max(1, self.freedom - spent)
        return replace(self, errors=self.errors * np.sqrt(self.freedom / left), freedom=left)

    def p_value(self) -> float:
        """Probability of a slope as far from zero as this one when there is none (two-sided)."""
        from scipy.special import stdtr

        below = float(self.weights @ stdtr(self.freedom, -self.slopes / self.errors))
        above = float(self.weights @ stdtr(self.freedom, self.slopes / self.errors))
        return min(1.0, 2 * min(below, above))

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


def slope_posterior(steps: Floats, values: Floats) -> SlopePosterior:
    """Fit a line with autocorrelated noise, averaging over the models of the noise.

    Parameters
    ----------
    steps
        Ascending whole numbers; missing steps are simply not there, shape (n,), n at least 4.
    values
        Finite floats, not all on one line, shape (n,).

    References
    ----------
    D. A. Harville (1974), Bayesian inference for variance components using only error contrasts.
    A. C. Harvey, R. G. Pierse (1984), Estimating missing observations in economic time series.
    P. Perron, T. Yabu (2009), Estimating deterministic trends with an integrated or stationary noise component.
    """
    places = np.round(steps - steps[0]).astype(np.int64)
    known = np.zeros(places[-1] + 1, dtype=bool)
    known[places] = True
    filtering = _filtering(known.tobytes())
    columns = np.column_stack([np.ones(len(values)), steps - steps.mean(), values])
    sums = _whitened_products(columns, known, filtering)
    return _profiled(sums, filtering.log_scale, len(values) - 2)


@dataclass(frozen=True, slots=True)
class _Filter:
    """The Kalman filter of every model for one pattern of gaps; it does not depend on the values."""

    spread: Floats
    """Standard deviation of each prediction, shape (steps, models)."""
    gain: Floats
    """How much of a surprise the next prediction takes in; 0 at gaps."""
    log_scale: Floats
    """Logarithm of the product of 1 / spread over the known steps."""


@lru_cache(maxsize=16)
def _filtering(known: bytes) -> _Filter:
    there = np.frombuffer(known, dtype=bool)
    uncertain = 1 / (1 - COEFFICIENTS**2)
    spread, gain = np.empty((len(there), len(COEFFICIENTS))), np.zeros((len(there), len(COEFFICIENTS)))
    for step, seen in enumerate(there):
        total = uncertain + WHITE
        spread[step] = np.sqrt(total)
        if seen:
            gain[step] = COEFFICIENTS * uncertain / total
            uncertain = uncertain * WHITE / total
        uncertain = COEFFICIENTS**2 * uncertain + 1
    return _Filter(spread, gain, -np.log(spread[there]).sum(axis=0))


def _whitened_products(columns: Floats, known: NDArray[np.bool_], how: _Filter) -> Floats:
    """Filter level, line and values through every model; give the products of their surprises, (models, 3, 3)."""
    surprises = np.empty((len(columns), len(COEFFICIENTS), 3))
    predicted = np.zeros((len(COEFFICIENTS), 3))
    coefficients = COEFFICIENTS[:, None]
    place = 0
    for step, seen in enumerate(known):
        if seen:
            surprise = np.subtract(columns[place], predicted, out=surprises[place])
            predicted = coefficients * predicted + how.gain[step][:, None] * surprise
            place += 1
        else:
            predicted = coefficients * predicted
    surprises /= how.spread[known][:, :, None]
    by_model = surprises.transpose(1, 2, 0)
    return by_model @ by_model.transpose(0, 2, 1)


def _profiled(sums: Floats, log_scale: Floats, freedom: int) -> SlopePosterior:
    """Profile level, slope and scale out of the likelihood of every model."""
    level = sums[:, 0, 0]
    line = sums[:, 1, 1] - sums[:, 0, 1] ** 2 / level
    shared = sums[:, 1, 2] - sums[:, 0, 1] * sums[:, 0, 2] / level
    noise = sums[:, 2, 2] - sums[:, 0, 2] ** 2 / level
    slopes = shared / line
    left = np.maximum(noise - shared * slopes, 1e-300)
    likelihood = log_scale - freedom / 2 * np.log(left) - 0.5 * np.log(level) - 0.5 * np.log(line)
    weights = PRIOR * np.exp(_SHARPNESS * (likelihood - likelihood.max()))
    return SlopePosterior(slopes, np.sqrt(left / freedom / line), weights / weights.sum(), freedom)
