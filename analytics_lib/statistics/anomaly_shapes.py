"""How far out is how rare, averaged over the shapes a sample may have? Few values can't say which one it is.

Two hundred values with one far out may be normal with an anomaly, or Student's t as it should be. What tells them apart
is what lies between: heavy tails fill the way there, anomalies stand alone. So each shape counts as much as it makes
all values likely, a few of them left to anomalies, and the rarity of a distance is the mean over the shapes. Anomalies
of one cause lie on one side and are of one size, which tails are not: values below and above are read apart. The fewer
the values, the less the mean may be a compromise: up to 200 of them the likelier shape decides nearly alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_beliefs import ANOMALOUS, BOUNDED, FAR, SIDES, STUDENT, Beliefs, beliefs_about
from analytics_lib.statistics.anomaly_letters import NORMAL

Floats: TypeAlias = NDArray[np.float64]

EDGES: Final = np.concatenate([np.arange(0.0, 4.01, 0.25), [4.5, 5, 5.5, 6, 7, 8, 10, 13, 18, 25, 40]])
"""Where bins of distances begin, in normal deviates; the last one has no end."""

_SCALES: Final = np.linspace(-0.48, 0.44, 24)
"""Logarithms of the spread over that of the fitted middle."""
_JUDGED: Final = 3.0
"""Deviate from which a value does not speak about itself."""
_TRUST: Final = ((400, 1.0), (1500, 0.0))
"""How far the mean over shapes decides, letter values the rest, by size: many values say their shape themselves."""
_DISTANCES: Final = np.concatenate([np.linspace(0.05, 8.0, 107), np.geomspace(8.5, 1e7, 33)])
_KINDS: Final = 1 + (len(ANOMALOUS) - 1) * len(FAR) * len(SIDES)
_NEVER: Final = 1e-300
_LOWEST: Final = -30.0
"""Logarithm of a weight that is next to nothing beside the largest."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """What every model says: shape, spread and kind of anomalies, in this order."""

    likelihoods: Floats
    """Logarithm of the chance of each bin, shape (bins below and then above, models)."""
    rarities: Floats
    """Chance of each distance or a larger one where nothing is anomalous, shape (shapes x spreads, distances)."""


def trust_in_shapes(count: int) -> float:
    """Give how far the mean over shapes decides about a sample of so many values, 0 to 1."""
    sizes, shares = np.array(_TRUST).T
    return float(np.interp(np.log(count), np.log(sizes), shares))


def log_distances(counts: NDArray[np.integer[Any]]) -> Floats:
    """Give the logarithm of the distance as rare as each kept normal deviate, a row below and one above.

    Parameters
    ----------
    counts
        Values in each bin of :data:`EDGES`, a row below and one above, in deviates that would be normal if tails were.

    Notes
    -----
    Posterior predictive, leave-one-out: where values lie far out, the rarity there is what all others say but one.
    """
    ahead = np.arange(len(_DISTANCES)) * 1e-9
    surprises = np.maximum.accumulate(-np.log(np.maximum(_rarities(counts), _NEVER)), axis=1) + ahead
    return np.array([np.interp(_normal_surprise(), one, np.log(_DISTANCES)) for one in surprises])


def _rarities(counts: NDArray[np.integer[Any]]) -> Floats:
    """Give the chance of each distance or a larger one; among values far out as all others say but one of them."""
    tables = _tables()
    beliefs = beliefs_about(int(counts.sum()))
    used = np.flatnonzero(counts)
    known = counts.reshape(-1)[used] @ tables.likelihoods[used] + _beforehand(beliefs)
    far = np.flatnonzero((counts > 0) & (EDGES >= _JUDGED))
    posterior = _posterior(np.vstack([known, known - tables.likelihoods[far]]), beliefs.sharpness)
    row = np.zeros(counts.size, np.int64)
    row[far] = np.arange(1, len(far) + 1)
    return (posterior @ tables.rarities)[row.reshape(counts.shape)[:, _bins(_DISTANCES)], np.arange(len(_DISTANCES))]


def _beforehand(beliefs: Beliefs) -> Floats:
    """Give the logarithm of the weight of each model beforehand; all spreads weigh alike."""
    weights = np.log(beliefs.shapes)[:, None, None] + np.log(beliefs.anomalies)
    return np.broadcast_to(weights, (len(beliefs.shapes), len(_SCALES), len(beliefs.anomalies))).reshape(-1)


def _posterior(logarithms: Floats, sharpness: float) -> Floats:
    """Turn rows of log weights into the weights of each shape and spread, whatever share is anomalous.

    Weights of shapes are raised to a power; within a shape those of its spreads keep their ratio.
    """
    relative = logarithms - logarithms.max(axis=1, keepdims=True)
    some = np.flatnonzero(relative.max(axis=0) > _LOWEST)
    weights = np.exp(np.maximum(relative[:, some], 4 * _LOWEST))
    first = np.flatnonzero(np.diff(some // _KINDS, prepend=-1))  # where the next shape and spread begin
    spreads = np.zeros((len(relative), relative.shape[1] // _KINDS))
    spreads[:, some[first] // _KINDS] = np.add.reduceat(weights, first, axis=1)
    spreads = spreads.reshape(len(relative), -1, len(_SCALES))
    sharpened = spreads * spreads.sum(axis=2, keepdims=True) ** (sharpness - 1.0)
    flat = sharpened.reshape(len(relative), -1)
    return np.asarray(flat / flat.sum(axis=1, keepdims=True))


def _bins(distances: Floats) -> NDArray[np.int64]:
    return np.searchsorted(EDGES, distances, side="right") - 1


@lru_cache(maxsize=1)
def _normal_surprise() -> Floats:
    from scipy.special import log_ndtr

    return np.asarray(-log_ndtr(-NORMAL) - np.log(2.0))


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    bins = -np.diff(_beyond(np.append(EDGES, np.inf)), axis=-1) / 2
    both = np.hstack([bins, bins])
    shares, anomalous = _anomalies()
    mixed = (1 - shares)[:, None] * both[:, None, :] + shares[:, None] * anomalous
    likelihoods = np.log(np.maximum(mixed, _NEVER)).reshape(-1, both.shape[1])
    return _Tables(np.ascontiguousarray(likelihoods.T), _beyond(_DISTANCES))


def _anomalies() -> tuple[Floats, Floats]:
    """Give the share of each kind of anomalies and how they spread over the bins; the first kind is none at all."""
    places = np.append(np.log(np.maximum(EDGES, 1e-9)), np.inf)
    ranges = [np.diff(np.clip((places - np.log(near)) / np.log(far / near), 0.0, 1.0)) for near, far in FAR]
    kinds = np.array([np.concatenate([low * one, high * one]) for one in ranges for low, high in SIDES])
    shares = np.repeat(ANOMALOUS[1:], len(kinds))
    return np.append(0.0, shares), np.vstack([np.zeros((1, kinds.shape[1])), np.tile(kinds, (len(ANOMALOUS) - 1, 1))])


def _beyond(distances: Floats) -> Floats:
    """Give the chance of each distance or a larger one on both sides, a row per shape and spread."""
    from scipy.special import gammaincc, ndtr, stdtr

    ratios = distances / np.exp(_SCALES)[:, None]
    shapes = [gammaincc(1 / power, (ratios / size) ** power / 2) for power, size in BOUNDED]
    for freedom in STUDENT:
        shapes.append(2 * (ndtr(-ratios) if np.isinf(freedom) else stdtr(freedom, -ratios)))
    return np.vstack([*shapes, np.exp(-ratios)])
