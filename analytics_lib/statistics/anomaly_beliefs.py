"""How likely is each shape of noise beforehand, and how sharply do values decide? By sample size.

Like all constants of anomalies, set on simulated noise so that every shape comes near the promise, never on labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

BOUNDED: Final = ((4.0, 1.18), (3.0, 1.25), (2.5, 1.32))
"""Lighter tails than normal ones: power of the exponent, and the size that brings the quartiles to normal ones."""
STUDENT: Final = (np.inf, 20.0, 10.0, 7.0, 5.0, 4.0, 3.0, 2.0, 1.5)
"""Degrees of freedom of Student's t; infinite is normal. Laplace's distribution comes last."""
ANOMALOUS: Final = (0.0, 0.005, 0.01, 0.02, 0.04)
"""Share of a sample that may be anomalous."""
FAR: Final = ((3.5, 15.0), (3.5, 7.0), (6.0, 12.0))
"""Deviates between which the anomalies of a sample lie, evenly in logarithms: anywhere, or alike as of one cause."""
SIDES: Final = ((0.5, 0.5), (1.0, 0.0), (0.0, 1.0))
"""Shares of them below and above: on both sides, or all on one."""

_BOUNDED: Final = (1.0, 2.0, 8.0)
_FEW: Final = (20.0, 3.0, 3.0, 3.0, 3.0, 2.0, 4.0, 14.0, 50.0, 3.0)
_MANY: Final = (20.0, 1.0, 1.0, 1.0, 2.0, 2.0, 6.0, 8.0, 8.0, 3.0)
"""Weights of Student's t and Laplace's, up to 200 and from 300 values on.

Normal noise and very heavy tails weigh most: with even weights t(3) was flagged three times as often as promised.
"""
_SOME: Final = (2.0, 2.0, 2.0, 1.0)
"""How the shares above 0 weigh among each other."""
_SIZES: Final = (30, 50, 75, 100, 150, 200, 300)
_SHARPNESS: Final = (4.0, 4.0, 3.0, 3.0, 3.0, 3.0, 2.0)
"""Power to which what a sample says of its shape is raised.

Of few values no shape is sure. The plain mean over shapes (power 1) then takes every tail for half a heavy one, and
normal noise was hardly flagged; a choice of the likelier shape serves both.
"""
_LIGHTER: Final = (80.0, 12.0, 7.0, 4.0, 2.0, 1.0, 3.0)
"""How much lighter tails weigh: few values that look lighter than normal are most surely not heavy."""
_NOTHING: Final = (0.998, 0.99, 0.96, 0.86, 0.68, 0.5, 0.35)
"""Weight of a sample without anomalies: few heavy values look like normal ones with anomalies."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is believed of a sample before it is seen."""

    shapes: Floats
    """Weight of each shape: lighter ones, Student's t, Laplace's."""
    anomalies: Floats
    """Weight of each kind of anomalies: none, then by share, range and side."""
    sharpness: float
    """Power to which the weight of a shape after the sample is raised."""


@lru_cache(maxsize=512)
def beliefs_about(count: int) -> Beliefs:
    """Give what is believed of so many values beforehand.

    Examples
    --------
    >>> beliefs_about(40).sharpness, beliefs_about(1_000).sharpness
    (4.0, 2.0)
    """
    few = 1.0 - _between((200, 300), (0.0, 1.0), count)
    wide = np.exp(few * np.log(_FEW) + (1.0 - few) * np.log(_MANY))
    lighter = np.exp(_between(_SIZES, np.log(_LIGHTER), count)) * np.array(_BOUNDED)
    nothing = _between(_SIZES, _NOTHING, count)
    kinds = len(FAR) * len(SIDES)
    some = (1.0 - nothing) * np.repeat(_SOME, kinds) / (np.sum(_SOME) * kinds)
    return Beliefs(np.concatenate([lighter, wide]), np.append(nothing, some), _between(_SIZES, _SHARPNESS, count))


def _between(sizes: tuple[int, ...], values: tuple[float, ...] | Floats, count: int) -> float:
    return float(np.interp(np.log(count), np.log(sizes), values))
