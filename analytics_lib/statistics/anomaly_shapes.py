"""How far out is how rare, averaged over the shapes a sample may have? Few values can't say which one it is.

Two hundred values with one far out may be normal with an anomaly, or Student's t as it should be. What tells them apart
is what lies between: heavy tails fill the way there, anomalies stand alone. So each shape counts as much as it makes
all values likely, a few of them left to anomalies, and the rarity of a distance is the mean over the shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_letters import NORMAL

Floats: TypeAlias = NDArray[np.float64]

EDGES: Final = np.concatenate([np.arange(0.0, 4.01, 0.25), [4.5, 5, 5.5, 6, 7, 8, 10, 13, 18, 25, 40]])
"""Where bins of distances begin, in normal deviates; the last one has no end."""

_BOUNDED: Final = ((4.0, 1.18, 3.0), (3.0, 1.25, 6.0), (2.5, 1.32, 24.0))
"""Lighter tails than normal ones: power of the exponent, size that brings the quartiles to normal ones, weight."""
_STUDENT: Final = (
    (np.inf, 20.0), (20.0, 1.0), (10.0, 1.0), (7.0, 1.0), (5.0, 2.0), (4.0, 2.0), (3.0, 6.0), (2.0, 8.0), (1.5, 8.0),
)  # fmt: skip
"""Degrees of freedom of Student's t (infinite: normal) and weight beforehand.

Normal noise and very heavy tails weigh most: with even weights t(3) was flagged three times as often as promised. Like
all constants here set on simulated noise so that every shape comes near the promise, never on labels.
"""
_LAPLACE: Final = 3.0
"""Weight of Laplace's distribution."""
_SCALES: Final = np.linspace(-0.48, 0.44, 24)
"""Logarithms of the spread over that of the fitted middle."""
_ANOMALOUS: Final = ((0.0, 0.3), (0.005, 0.2), (0.01, 0.2), (0.02, 0.2), (0.04, 0.1))
"""Share of a sample that is anomalous, and weight beforehand."""
_FAR: Final = (3.5, 15.0)
"""Deviates between which anomalies are expected, evenly in logarithms."""
_JUDGED: Final = 3.0
"""Deviate from which a value does not speak about itself."""
_TRUST: Final = ((30, 0.0), (75, 0.4), (100, 0.45), (200, 1.0), (400, 1.0), (1500, 0.0))
"""How far the mean over shapes decides, letter values the rest, by sample size.

Many values say their shape themselves. Of very few, all shapes but normal ones are about equally likely, and normal
noise would be flagged far less than promised.
"""
_DISTANCES: Final = np.concatenate([np.linspace(0.05, 8.0, 107), np.geomspace(8.5, 1e7, 33)])
_NEVER: Final = 1e-300
_LOWEST: Final = -30.0
"""Logarithm of a weight that is next to nothing beside the largest."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """What every model says: shape, spread and share of anomalies, in this order."""

    likelihoods: Floats
    """Logarithm of the chance of each bin, shape (models, bins)."""
    weights: Floats
    """Logarithm of the weight beforehand, shape (models,)."""
    rarities: Floats
    """Chance of each distance or a larger one where nothing is anomalous, shape (shapes x spreads, distances)."""


def trust_in_shapes(count: int) -> float:
    """Give how far the mean over shapes decides about a sample of so many values, 0 to 1."""
    sizes, shares = np.array(_TRUST).T
    return float(np.interp(np.log(count), np.log(sizes), shares))


def log_distances(counts: NDArray[np.integer[Any]]) -> Floats:
    """Give the logarithm of the distance as rare as each kept normal deviate.

    Parameters
    ----------
    counts
        Values in each bin of :data:`EDGES`, both sides together, in deviates that would be normal if tails were.

    Notes
    -----
    Posterior predictive, leave-one-out: where values lie far out, the rarity there is what all others say but one.
    """
    surprise = np.maximum.accumulate(-np.log(np.maximum(_rarities(counts), _NEVER)))
    return np.interp(_normal_surprise(), surprise + np.arange(len(surprise)) * 1e-9, np.log(_DISTANCES))


def _rarities(counts: NDArray[np.integer[Any]]) -> Floats:
    """Give the chance of each distance or a larger one; among values far out as all others say but one of them."""
    tables = _tables()
    known = tables.likelihoods @ counts + tables.weights
    far = np.flatnonzero((counts > 0) & (EDGES >= _JUDGED))
    posterior = _posterior(np.vstack([known, known - tables.likelihoods[:, far].T]))
    row = np.zeros(len(EDGES), np.int64)
    row[far] = np.arange(1, len(far) + 1)
    return (posterior @ tables.rarities)[row[_bins(_DISTANCES)], np.arange(len(_DISTANCES))]


def _posterior(logarithms: Floats) -> Floats:
    """Turn rows of log weights into the weights of each shape and spread, whatever share is anomalous."""
    relative = logarithms - logarithms.max(axis=1, keepdims=True)
    weights = np.zeros_like(relative)
    some = np.flatnonzero(relative.max(axis=0) > _LOWEST)
    weights[:, some] = np.exp(np.maximum(relative[:, some], 4 * _LOWEST))
    weights = weights.reshape(len(weights), -1, len(_ANOMALOUS)).sum(axis=2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _bins(distances: Floats) -> NDArray[np.int64]:
    return np.searchsorted(EDGES, distances, side="right") - 1


@lru_cache(maxsize=1)
def _normal_surprise() -> Floats:
    from scipy.special import log_ndtr

    return np.asarray(-log_ndtr(-NORMAL) - np.log(2.0))


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    shares, chances = np.array(_ANOMALOUS).T
    bins = np.vstack([-np.diff(_beyond(edge), axis=-1) for edge in [np.append(EDGES, np.inf)]])
    near, distant = np.log(_FAR)
    places = np.append(np.log(np.maximum(EDGES, 1e-9)), np.inf)
    anomalous = np.diff(np.clip((places - near) / (distant - near), 0.0, 1.0))
    mixed = (1 - shares)[:, None] * bins[:, None, :] + shares[:, None] * anomalous
    prior = np.array([one[-1] for one in _BOUNDED] + [one[-1] for one in _STUDENT] + [_LAPLACE])
    weights = np.log(np.repeat(prior, len(_SCALES)))[:, None] + np.log(chances)
    return _Tables(np.log(np.maximum(mixed, _NEVER)).reshape(-1, len(EDGES)), weights.reshape(-1), _beyond(_DISTANCES))


def _beyond(distances: Floats) -> Floats:
    """Give the chance of each distance or a larger one on both sides, a row per shape and spread."""
    from scipy.special import gammaincc, ndtr, stdtr

    ratios = distances / np.exp(_SCALES)[:, None]
    shapes = [gammaincc(1 / power, (ratios / size) ** power / 2) for power, size, _ in _BOUNDED]
    for freedom, _ in _STUDENT:
        shapes.append(2 * (ndtr(-ratios) if np.isinf(freedom) else stdtr(freedom, -ratios)))
    return np.vstack([*shapes, np.exp(-ratios)])
