"""What one view of a stream has shown so far: its range, its extremes, a thinned sample. Constant memory."""

from __future__ import annotations

import math
from array import array
from bisect import insort
from typing import Any, Final

import numpy as np

from analytics_lib.statistics.anomaly_tails import fit_sample
from analytics_lib.statistics.monitor_gaps import Gaps
from analytics_lib.statistics.monitor_packing import pack_floats, unpack_floats

_SAMPLE: Final = 256
_EXTREMES: Final = 30
_LONG_TAIL: Final = 0.25
"""Tail index of the second opinion: between exponential (0) and Student t with three degrees of freedom (0.33)."""
_LARGEST: Final = 6.0
"""Rarity beyond which more tells nothing."""
FEWEST: Final = 100
"""Values to remember before anything can be new."""


class Memory:
    """Tells whether a value is new and how rare that is; learns it afterwards.

    Parameters
    ----------
    gaps
        Whether to remember which stretches between the extremes were never visited.
    """

    __slots__ = ("_wants_gaps", "bottom", "count", "gaps", "high", "low", "sample", "stride", "top", "waiting")

    def __init__(self, *, gaps: bool = False) -> None:
        self.count = 0
        self.low, self.high = math.inf, -math.inf
        self.sample, self.stride, self.waiting = array("d"), 1, 0
        self.top, self.bottom = array("d"), array("d")  # ascending; the bottom with its sign turned
        self.gaps: Gaps | None = None
        self._wants_gaps = gaps

    def remember(self, value: float) -> None:
        """Learn a value."""
        self.count += 1
        if self.count <= _EXTREMES or value > self.top[0]:
            _keep_largest(self.top, value)
            self.high = self.top[-1]
        if self.count <= _EXTREMES or -value > self.bottom[0]:
            _keep_largest(self.bottom, -value)
            self.low = -self.bottom[-1]
        self.waiting += 1
        if self.waiting >= self.stride:
            self.waiting = 0
            self.sample.append(value)
            if len(self.sample) > _SAMPLE:
                self.sample, self.stride = self.sample[::2], self.stride * 2
        if self.gaps is not None:
            self.gaps.remember(value)
        elif self._wants_gaps and self.count >= FEWEST and self.high > self.low:
            self.gaps = Gaps([*self.sample, self.low, self.high])

    def knows(self, value: float) -> bool:
        """Tell at once that a value is nothing new; False = look closer."""
        return self.low <= value <= self.high and self.gaps is None

    def beyond(self, value: float) -> float:
        """Give how far a value lies outside of all earlier ones, as a share of their range; 0 inside."""
        outside = max(value - self.high, self.low - value)
        if outside <= 0.0 or self.count < FEWEST:
            return 0.0
        span = self.high - self.low
        return outside / span if span > 0.0 else math.inf

    def inside(self, value: float) -> tuple[float, float]:
        """Give distance and rarity of a value in a gap between earlier ones; see :meth:`Gaps.inside`."""
        if self.gaps is None or self.count < FEWEST:
            return 0.0, 0.0
        return self.gaps.inside(value, self.high - self.low)

    def rarity(self, value: float) -> tuple[float, float]:
        """Give how rare a value outside of the range is, and how long the tail on its side.

        Returns
        -------
        tuple
            Minus the decimal logarithm of the chance, and the tail index (0.1 for normal, 0.33 for Student t(3)).

        Notes
        -----
        The mean of two opinions: the 30 most extreme values as a Pareto tail (its posterior prediction; Hill 1975),
        and the larger of the whole sample's g-and-h tail and a generalised Pareto tail.
        """
        sign, extremes = (1.0, self.top) if value > self.high else (-1.0, self.bottom)
        ordered = np.sort(np.frombuffer(self.sample, float))
        centre = float(np.median(ordered))
        index, pareto = _pareto(extremes, sign * (value - centre), sign * centre, self.count)
        bulk = _bulk(ordered, value)
        general = _general(extremes, sign * value, self.count)
        return (min(pareto, _LARGEST) + min(max(bulk, general), _LARGEST)) / 2.0, index

    def state(self) -> dict[str, Any]:
        """Give everything that is remembered, as plain values."""
        return {
            "count": self.count, "low": self.low, "high": self.high, "stride": self.stride, "waiting": self.waiting,
            "sample": pack_floats(self.sample), "top": pack_floats(self.top), "bottom": pack_floats(self.bottom),
            "wants_gaps": self._wants_gaps, "gaps": None if self.gaps is None else self.gaps.state(),
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Memory:
        """Restore what :meth:`state` gave."""
        memory = cls(gaps=state["wants_gaps"])
        for name in ("count", "low", "high", "stride", "waiting"):
            setattr(memory, name, state[name])
        memory.sample, memory.top = unpack_floats(state["sample"]), unpack_floats(state["top"])
        memory.bottom = unpack_floats(state["bottom"])
        memory.gaps = None if state["gaps"] is None else Gaps.from_state(state["gaps"])
        return memory


def _keep_largest(kept: array[float], value: float) -> None:
    insort(kept, value)
    if len(kept) > _EXTREMES:
        del kept[0]


def _pareto(extremes: array[float], distance: float, centre: float, count: int) -> tuple[float, float]:
    """Give tail index and rarity of a distance from the centre, from the logarithms of the extremes' distances."""
    away = [extreme - centre for extreme in extremes if extreme > centre]
    if len(away) < 3:
        return 0.0, math.log10(count / (len(away) + 0.5))
    index = sum(math.log(one / away[0]) for one in away) / (len(away) - 1)
    if index <= 0.0:
        return 0.0, _LARGEST
    size = len(away)
    doubt = 1.0 + math.log(distance / away[0]) / (index * (size - 1))
    return index, math.log10(count / size) + size * math.log10(doubt)


def _general(extremes: array[float], value: float, count: int) -> float:
    """Give the rarity under a generalised Pareto tail above the least of the extremes."""
    size, least = len(extremes), extremes[0]
    scale = (sum(extremes) - size * least) / (size - 1)
    if scale <= 0.0:
        return _LARGEST
    excess = 1.0 + _LONG_TAIL * (value - least) / scale / (1.0 - _LONG_TAIL)
    return math.log10(count / size) + math.log10(excess) / _LONG_TAIL


def _bulk(ordered: np.ndarray[Any, np.dtype[np.float64]], value: float) -> float:
    """Give the rarity that the middle of the sample suggests."""
    if ordered[0] == ordered[-1]:
        return _LARGEST
    return float(fit_sample(ordered).surprise(np.array([value]))[0])
