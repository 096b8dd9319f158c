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
        """Give the slope below which the given share of the mixture lies."""
        from scipy.optimize import brentq
        from scipy.special import stdtr

        used = self.weights > 1e-10
        slopes, errors, weights = self.slopes[used], self.errors[used], self.weights[used] / self.weights[used].sum()

        def beyond(slope: float) -> float:
            return float(weights @ stdtr(self.freedom, (slope - slopes) / errors)) - share

        reach = 200 * float(errors.max())
        low, high = float(slopes.min()) - reach, float(slopes.max()) + reach
        return float(brentq(beyond, low, high, xtol=1e-9 * float(errors.min()), rtol=1e-14))


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
    how = _design(known.tobytes())
    surprises = _surprises(values - values.mean(), known, how.filter)
    freedom = len(values) - 2
    shared = np.einsum("km,km->m", how.line, surprises)
    slopes = shared / how.line_squares
    left = np.einsum("km,km->m", surprises, surprises) - np.einsum("km,km->m", how.level, surprises) ** 2
    left = np.maximum(left - shared * slopes, 1e-300)
    likelihood = how.log_scale - freedom / 2 * np.log(left)
    weights = PRIOR * np.exp(_SHARPNESS * (likelihood - likelihood.max()))
    return SlopePosterior(slopes, np.sqrt(left / freedom / how.line_squares), weights / weights.sum(), freedom)


@dataclass(frozen=True, slots=True)
class _Filter:
    """The Kalman filter of every model for one pattern of gaps: all that does not depend on the values."""

    gain: Floats
    """How much of a value the next prediction takes in, shape (steps, models); 0 at gaps."""
    decay: Floats
    """How much of a prediction goes on into the next, same shape."""
    precision: Floats
    """One over the standard deviation of each prediction, shape (known steps, models)."""


@dataclass(frozen=True, slots=True)
class _Design:
    """How every model sees a level and a line for one pattern of gaps."""

    filter: _Filter
    """The filter they were seen through."""
    level: Floats
    """A constant, scaled to length 1, shape (known steps, models)."""
    line: Floats
    """A line of slope 1 without its part along the constant, same shape."""
    line_squares: Floats
    """Its squared length, shape (models,)."""
    log_scale: Floats
    """What the likelihood of each model owes to the pattern alone."""


@lru_cache(maxsize=8)
def _design(known: bytes) -> _Design:
    there = np.frombuffer(known, dtype=bool)
    how = _filtering(there)
    steps = np.flatnonzero(there).astype(float)
    level, line = (_surprises(column, there, how) for column in (np.ones(len(steps)), steps - steps.mean()))
    level_squares = (level**2).sum(axis=0)
    line -= level * ((level * line).sum(axis=0) / level_squares)
    line_squares = (line**2).sum(axis=0)
    log_scale = np.log(how.precision).sum(axis=0) - 0.5 * np.log(level_squares * line_squares)
    return _Design(how, level / np.sqrt(level_squares), line, line_squares, log_scale)


def _filtering(there: NDArray[np.bool_]) -> _Filter:
    uncertain = 1 / (1 - COEFFICIENTS**2)
    spread, gain = np.empty((len(there), len(COEFFICIENTS))), np.zeros((len(there), len(COEFFICIENTS)))
    for step, seen in enumerate(there):
        total = uncertain + WHITE
        spread[step] = np.sqrt(total)
        if seen:
            gain[step] = COEFFICIENTS * uncertain / total
            uncertain = uncertain * WHITE / total
        uncertain = COEFFICIENTS**2 * uncertain + 1
    return _Filter(gain, COEFFICIENTS - gain, 1 / spread[there])


def _surprises(values: Floats, known: NDArray[np.bool_], how: _Filter) -> Floats:
    """Give what each model did not expect of the known values, in its standard deviations: (known steps, models)."""
    drive = np.zeros(len(known))
    drive[known] = values
    driven = how.gain * drive[:, None]
    predicted = np.zeros((len(known) + 1, len(COEFFICIENTS)))
    for step in range(len(known)):
        np.multiply(how.decay[step], predicted[step], out=predicted[step + 1])
        predicted[step + 1] += driven[step]
    return (values[:, None] - predicted[:-1][known]) * how.precision
