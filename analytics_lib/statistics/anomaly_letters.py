"""How letter values speak for the shape of a sample: their levels, how sure each is, and the weights that follow.

Letter values are quantiles at fixed levels. Set against normal deviates they give skewness and elongation by
generalised least squares, with the covariance of normal order statistics; what the fit does not know comes along.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_LEVELS: Final = (  # from the peak in the middle, which tells Laplace's tails from Student's, outwards
    0.45, 0.40, 0.35, 0.30, 0.25, 0.20, 0.16, 0.13, 0.10, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.015, 0.01, 0.007,
    0.005, 0.0035, 0.0025, 0.002,
)  # fmt: skip
NORMAL: Final = np.linspace(0.1, 9.0, 90)
"""Standard normal deviates at which the fitted tail is kept; 9 is a chance of 1e-19."""
_DOUBTS: Final = (
    (50, 0.035), (75, 0.05), (100, 0.065), (150, 0.06), (200, 0.056), (300, 0.066), (450, 0.07), (672, 0.04),
    (1000, 0.03),
)  # fmt: skip
"""Share of the fit's own variance by which tails are widened, by sample size."""
_PLAIN: Final = 1.5
"""Variances of the elongation by which it is shrunk (James and Stein): what is nearly normal is taken to be so."""
_SYMMETRIC: Final = ((60, 0.2), (75, 0.8), (100, 1.2), (150, 1.5), (200, 3.0), (336, 4.5))
"""Variances of the skewness by which it is shrunk (James and Stein), by sample size.

Anomalies on one side look like skewness. Few values can't tell the two apart, and skewed noise is commoner: there
skewness is believed sooner.
"""
_STRAIGHT: Final = 0.3
"""How far skewness may bend, as a share of what the length may: a bend that chance gave stretches far values most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to read tails from a sample. Like all constants here set on simulated noise, never on labels."""

    lowest: tuple[tuple[int, float], ...]
    """Lowest level used, by sample size."""
    bend: float
    """How far the shape may bend beyond skewness and elongation."""


CAREFUL: Final = Manner(lowest=((400, 0.08), (1500, 0.02)), bend=0.01)
"""While anomalies may still hide in the sample: few values are read where several on one side don't reach."""
CLEANED: Final = Manner(lowest=((1, 0.002),), bend=0.12)
"""Once clear anomalies are set aside."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a sample of one size tells about its shape, and how surely."""

    levels: Floats
    deviates: Floats
    skew: Floats
    common: Floats
    spread: Floats  # variance of the logarithm of the fitted tail, at each kept deviate
    skew_spread: Floats  # what skewness has in it
    skew_variance: float  # of the skewness, times how far that is shrunk
    plain_variance: float  # of the elongation, times how far that is shrunk
    follow: Floats  # how size, elongation and bend follow when the elongation is moved by 1


@lru_cache(maxsize=512)
def weights_for(count: int, manner: Manner) -> Weights:
    """Give levels and weights for a sample of so many values."""
    lowest = max(_by_size(manner.lowest, count), min(4.0 / count, 0.11))
    levels = np.array([level for level in _LEVELS if lowest - 1e-12 <= level])
    deviates = -normal_quantile(levels)
    covariance = _order_covariance(levels) / count
    size = len(levels)
    pick_low = np.hstack([-np.eye(size), np.zeros((size, size)), np.ones((size, 1))]) / deviates[:, None]
    pick_high = np.hstack([np.zeros((size, size)), np.eye(size), -np.ones((size, 1))]) / deviates[:, None]
    skew_noise = (pick_high - pick_low) @ covariance @ (pick_high - pick_low).T / 4
    common_noise = (pick_high + pick_low) @ covariance @ (pick_high + pick_low).T / 4
    skew = _ridge(skew_terms(deviates), skew_noise, np.diag([0.0, (_STRAIGHT * manner.bend) ** -2]))
    common = _ridge(common_terms(deviates), common_noise, np.diag([0.0, 0.0, manner.bend**-2]))
    doubts = _by_size(_DOUBTS, count)
    skew_spread = doubts * _quadratic(skew_terms(NORMAL), skew @ skew_noise @ skew.T)
    spread = skew_spread + doubts * _quadratic(common_terms(NORMAL), common @ common_noise @ common.T)
    variance = _by_size(_SYMMETRIC, count) * float((skew @ skew_noise @ skew.T)[0, 0])
    bent = common_terms(deviates)
    joint = np.linalg.inv(bent.T @ np.linalg.solve(common_noise, bent) + np.diag([0.0, 0.0, manner.bend**-2]))
    plain = _PLAIN * float(joint[1, 1])
    return Weights(levels, deviates, skew, common, spread, skew_spread, variance, plain, joint[:, 1] / joint[1, 1])


def _by_size(table: tuple[tuple[int, float], ...], count: int) -> float:
    sizes, shares = np.array(table).T
    return float(np.interp(np.log(count), np.log(sizes), shares))


def skew_terms(deviates: Floats) -> Floats:
    """Give the columns that skewness multiplies: a slope, and its bend."""
    return np.column_stack([deviates / 2, deviates**3 / 6])


def common_terms(deviates: Floats) -> Floats:
    """Give the columns that size, elongation and its bend multiply, the same on both sides."""
    return np.column_stack([np.ones_like(deviates), deviates**2 / 2, deviates**4 / 24])


def _ridge(terms: Floats, noise: Floats, prior: Floats) -> Floats:
    weighted = np.linalg.solve(noise, terms).T
    return np.linalg.solve(weighted @ terms + prior, weighted)


def _quadratic(terms: Floats, matrix: Floats) -> Floats:
    return np.einsum("ij,jk,ik->i", terms, matrix, terms)


def _order_covariance(levels: Floats) -> Floats:
    """Give the covariance of normal sample quantiles, times the sample size: low, high, median."""
    chances = np.concatenate([levels, 1.0 - levels, [0.5]])
    density = np.exp(-(normal_quantile(chances) ** 2) / 2) / np.sqrt(2 * np.pi)
    joint = np.minimum.outer(chances, chances) - np.outer(chances, chances)
    return joint / np.outer(density, density)


def normal_quantile(chances: NDArray[np.floating[Any]]) -> Floats:
    """Give the normal deviates below which lie those chances."""
    from scipy.special import ndtri

    return np.asarray(ndtri(chances), dtype=float)
