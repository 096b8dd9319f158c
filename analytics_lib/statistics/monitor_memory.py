"""What one view of a stream has shown so far: its range, its extremes, a thinned sample. Constant memory."""

from __future__ import annotations

import math
from array import array
from bisect import insort
from typing import Any, Final

import numpy as np

from analytics_lib.statistics.monitor_packing import pack_floats, unpack_floats

_SAMPLE: Final = 256
_FRESH: Final = 8
"""Values of the sample after which its median is taken anew."""
_EXTREMES: Final = 30
_TAILS: Final = (0.04, 0.45)
"""Shortest and longest tail index that noise is believed to have. Student t with three degrees of freedom has 0.33;
more means that the extremes hold earlier anomalies, and must not hide the next one."""
LARGEST: Final = 9.0
"""Rarity beyond which more tells nothing."""
_STEADY: Final = 1.02
"""Growth of the count at which limits are worked out anew."""
FEWEST: Final = 100
"""Values to remember before anything can be new."""


class Memory:
    """Tells whether a value is new and how rare that is; learns it afterwards."""

    __slots__ = (
        "_known", "bottom", "centre", "count", "doubted", "high", "incidents", "low", "sample", "stride", "top",
        "waiting",
    )  # fmt: skip

    def __init__(self) -> None:
        self.count = 0
        self.low, self.high, self.centre = math.inf, -math.inf, 0.0
        self.sample, self.stride, self.waiting = array("d"), 1, 0
        self.top, self.bottom = array("d"), array("d")  # ascending; the bottom with its sign turned
        self.incidents, self.doubted = [0, 0], [False, False]  # below, above
        self._known: tuple[tuple[int, tuple[float, float], float], tuple[float, float]] | None = None

    def doubts(self, value: float, incident: int) -> bool:
        """Tell whether what an incident shows is kept out: outside of everything seen, every first time of two.

        So the first of two like incidents does not hide the second, and what comes again becomes ordinary.
        """
        if self.low <= value <= self.high or self.count < FEWEST:
            return False
        above = value > self.high
        if self.incidents[above] != incident:
            self.incidents[above], self.doubted[above] = incident, not self.doubted[above]
        return self.doubted[above]

    def remember(self, value: float) -> None:
        """Learn a value."""
        self.count += 1
        if self.count <= _EXTREMES or value > self.top[0]:
            _keep_largest(self.top, value)
            self.high, self._known = self.top[-1], None
        if self.count <= _EXTREMES or -value > self.bottom[0]:
            _keep_largest(self.bottom, -value)
            self.low, self._known = -self.bottom[-1], None
        self.waiting += 1
        if self.waiting >= self.stride:
            self._take_sample(value)

    def _take_sample(self, value: float) -> None:
        self.waiting = 0
        self.sample.append(value)
        if len(self.sample) > _SAMPLE:
            self.sample, self.stride = self.sample[::2], self.stride * 2
        if len(self.sample) % _FRESH == 0:
            self.centre, self._known = float(np.median(np.frombuffer(self.sample))), None

    def beyond(self, value: float) -> float:
        """Give how far a value lies outside of all earlier ones, as a share of their range; 0 inside."""
        outside = max(value - self.high, self.low - value)
        if outside <= 0.0 or self.count < FEWEST:
            return 0.0
        span = self.high - self.low
        return outside / span if span > 0.0 else math.inf

    def rarity(self, value: float) -> float:
        """Give minus the decimal logarithm of the chance of a value outside of the range, one-sided.

        Notes
        -----
        The distances of the 30 most extreme values from the median are taken as a Pareto tail (Hill 1975); the answer
        is its posterior prediction, which knows how little 30 values say about the length of a tail.
        """
        sign = 1.0 if value > self.high else -1.0
        away, index = self._tail(sign)
        distance = sign * (value - self.centre)
        if len(away) < 3 or distance <= away[0]:
            return math.log10(self.count / (len(away) + 0.5))
        size = len(away)
        doubt = 1.0 + math.log(distance / away[0]) / (index * (size - 1))
        return min(math.log10(self.count / size) + size * math.log10(doubt), LARGEST)

    def _tail(self, sign: float) -> tuple[list[float], float]:
        """Give the distances of the extremes on one side from the median, and the index of that tail."""
        centre = sign * self.centre
        away = [extreme - centre for extreme in (self.top if sign > 0 else self.bottom) if extreme > centre]
        if len(away) < 3:
            return away, 0.0
        index = sum(math.log(one / away[0]) for one in away) / (len(away) - 1)
        shortest, longest = _TAILS
        return away, min(max(index, self._unresolved(sign, away[0]), shortest), longest)

    def _unresolved(self, sign: float, least: float) -> float:
        """Give the tail index that hides between two neighbouring values, where there are few different ones."""
        sample = sign * (np.frombuffer(self.sample) - self.centre)
        below = sample[sample < least]
        half = (least - float(below.max())) / 2.0 if below.size else 0.0
        return math.log((least + half) / max(least - half, 1e-9 * least)) / 2.0

    def limits(self, rarities: tuple[float, float], margin: float) -> tuple[float, float]:
        """Give the ends beyond which a value is that rare (below, above) and leaves the range by that share of it."""
        step = int(math.log(self.count) / math.log(_STEADY))
        asked = (step, rarities, margin)
        if self._known is None or self._known[0] != asked:
            least = margin * (self.high - self.low)
            count = _STEADY**step
            high = max(self.high + least, self.centre + _reach(*self._tail(1.0), rarities[1], count))
            low = min(self.low - least, self.centre - _reach(*self._tail(-1.0), rarities[0], count))
            self._known = asked, (low, high)
        return self._known[1]

    def state(self) -> dict[str, Any]:
        """Give everything that is remembered, as plain values."""
        return {
            "count": self.count, "centre": self.centre, "stride": self.stride, "waiting": self.waiting,
            "incidents": list(self.incidents), "doubted": list(self.doubted),
            "sample": pack_floats(self.sample), "top": pack_floats(self.top), "bottom": pack_floats(self.bottom),
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Memory:
        """Restore what :meth:`state` gave."""
        memory = cls()
        for name in ("count", "centre", "stride", "waiting"):
            setattr(memory, name, state[name])
        memory.incidents, memory.doubted = list(state["incidents"]), list(state["doubted"])
        for name in ("sample", "top", "bottom"):
            setattr(memory, name, unpack_floats(state[name]))
        if memory.count:
            memory.low, memory.high = -memory.bottom[-1], memory.top[-1]
        return memory


def _keep_largest(kept: array[float], value: float) -> None:
    insort(kept, value)
    if len(kept) > _EXTREMES:
        del kept[0]


def _reach(away: list[float], index: float, rarity: float, count: float) -> float:
    """Give the distance that is as rare as that: the inverse of :meth:`Memory.rarity`."""
    size = len(away)
    if size < 3:
        return away[-1] if away else 0.0
    doubt = 10.0 ** (max(rarity - math.log10(count / size), 0.0) / size) - 1.0
    return away[0] * math.exp(min(doubt * index * (size - 1), 50.0))
