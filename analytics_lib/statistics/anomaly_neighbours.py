"""What do the neighbours say a point should have been? Two-sided, the point left out, gaps left empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_season import clip, spread

Floats: TypeAlias = NDArray[np.float64]

_Sides: TypeAlias = tuple[Floats, Floats, Floats, Floats]  # sum and weight before, sum and weight after

_MEMORIES: Final = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
"""Weight of a neighbour over that of the next nearer one."""
_TRUSTS: Final = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Share of the expectation that neighbours decide; the overall level decides the rest."""
_GAIN: Final = 0.985
"""Neighbours are heard only if that cuts the mean squared residual to this share."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the neighbours add to the overall level, and how sure that is."""

    addition: Floats
    """To be added to the overall level at each point."""
    scale: Floats
    """Typical residual at each point over that between neighbours: larger at the ends and beside gaps."""
    memory: float
    """Weight of a neighbour over that of the next nearer one."""
    trust: float
    """Share of the expectation that neighbours decide; 0 when they are of no use."""


def hear_neighbours(values: Floats, voices: Floats) -> Neighbours:
    """Predict each value from its neighbours on both sides, with the memory and trust that predict best.

    Parameters
    ----------
    values
        One value per step around an overall level of 0, NaN where unknown.
    voices
        The same, NaN also where a value must not speak for others.

    Notes
    -----
    Weights fall off exponentially on both sides, which is the best linear interpolation of an AR(1) process (memory
    0), of a random walk in noise, and of what lies between; chosen by leave-one-out squared error.
    """
    voices = clip(voices)
    bound = 3.0 * spread(values)
    best, lowest = (0.0, 0.0), _loss(values, bound) * _GAIN
    for memory in _MEMORIES:
        sides = _sides(voices, memory)
        for trust in _TRUSTS:
            loss = _loss(values - _weighted(sides, memory, trust), bound)
            if loss < lowest:
                best, lowest = (memory, trust), loss * 0.999
    memory, trust = best
    if trust == 0.0:
        return Neighbours(np.zeros(len(values)), np.ones(len(values)), 0.0, 0.0)
    return _heard(values, voices, memory, trust)


def _heard(values: Floats, voices: Floats, memory: float, trust: float) -> Neighbours:
    before, before_mass, after, after_mass = sides = _sides(voices, memory)
    addition = _weighted(sides, memory, trust)
    nobody = np.zeros(len(values))
    left_only = values - _weighted((before, before_mass, nobody, nobody), memory, trust)
    right_only = values - _weighted((nobody, nobody, after, after_mass), memory, trust)
    usual = max(spread(values - addition), 1e-300)
    one_sided = max(float(np.log(spread(np.concatenate([left_only, right_only])) / usual)), 0.0)
    alone = max(float(np.log(spread(values) / usual)), one_sided)
    left, right = (1.0 - memory) * before_mass, (1.0 - memory) * after_mass
    scale = np.exp(alone * (1 - left) * (1 - right) + one_sided * (left * (1 - right) + right * (1 - left)))
    return Neighbours(addition, scale, memory, trust)


def _sides(voices: Floats, memory: float) -> _Sides:
    """Give the weighted sums and the weights of the known values before and after each point."""
    known = np.isfinite(voices)
    heard = np.where(known, voices, 0.0)
    mass = known.astype(float)
    return (
        _before(heard, memory), _before(mass, memory),
        _before(heard[::-1], memory)[::-1], _before(mass[::-1], memory)[::-1],
    )  # fmt: skip


def _before(values: Floats, memory: float) -> Floats:
    from scipy.signal import lfilter

    sums = np.asarray(lfilter([1.0], [1.0, -memory], values))
    return np.concatenate([[0.0], sums[:-1]])


def _weighted(sides: _Sides, memory: float, trust: float) -> Floats:
    before, before_mass, after, after_mass = sides
    reserve = 2.0 / (1.0 - memory) * (1.0 - trust) / trust  # the voice of the overall level
    return (before + after) / (before_mass + after_mass + reserve)


def _loss(residuals: Floats, bound: float) -> float:
    known = residuals[np.isfinite(residuals)]
    return float(np.mean(np.minimum(known * known, bound * bound))) if len(known) else 0.0
