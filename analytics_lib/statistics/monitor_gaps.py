"""Which stretches of the number line has a stream never visited? In one kilobyte."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from analytics_lib.statistics.monitor_packing import pack_bytes, unpack_bytes

_BINS: Final = 1024
_FIRST_BINS: Final = 400
_NEAR: Final = 0.02
"""Share of the range within which a visited bin makes a value nothing new."""
_FULL: Final = 255


class Gaps:
    """A histogram of visits whose bins double in width whenever a value falls outside.

    Parameters
    ----------
    values
        The first values, at least two different ones; their range sets the width of a bin.
    """

    __slots__ = ("origin", "total", "visits", "width")

    def __init__(self, values: Sequence[float]) -> None:
        low, high = min(values), max(values)
        self.width = max((high - low) / _FIRST_BINS, abs(high) * 1e-15, 1e-300)
        self.origin = low - self.width * (_BINS - _FIRST_BINS) / 2
        self.visits = bytearray(_BINS)
        self.total = 0
        for value in values:
            self.remember(value)

    def remember(self, value: float) -> None:
        """Count a visit."""
        place = (value - self.origin) / self.width
        if not 0.0 <= place < _BINS:
            self._widen(value)
            place = (value - self.origin) / self.width
        index = min(int(place), _BINS - 1)
        if self.visits[index] < _FULL:
            self.visits[index] += 1
        self.total += 1

    def inside(self, value: float, span: float) -> tuple[float, float]:
        """Give how far a value in a gap lies from all visited ones, and how rare so lonely a visit is.

        Returns
        -------
        tuple
            The distance as a share of `span`, and minus the decimal logarithm of the share of visits that have no
            other within that distance. Both are 0 near visited values and outside of them all.
        """
        index = int((value - self.origin) / self.width)
        reach = max(int(_NEAR * span / self.width), 1)
        if not 0 <= index < _BINS or any(self.visits[max(index - reach, 0) : index + reach + 1]):
            return 0.0, 0.0
        below, above = self.visits[:index].rstrip(b"\0"), self.visits[index:].lstrip(b"\0")
        if not below or not above:
            return 0.0, 0.0
        steps = min(index - len(below), _BINS - len(above) - index)
        return steps * self.width / span, math.log10(self.total / (self._lonely(steps) + 0.5))

    def _lonely(self, steps: int) -> int:
        visits = np.frombuffer(self.visits, np.uint8)
        places = np.flatnonzero(visits)
        away = np.diff(places)
        nearest = np.minimum(np.append(away, _BINS), np.insert(away, 0, _BINS))
        return int(((visits[places] == 1) & (nearest >= steps)).sum())

    def _widen(self, value: float) -> None:
        visits = np.frombuffer(bytes(self.visits), np.uint8).astype(np.int64)
        while not self.origin <= value < self.origin + self.width * _BINS:
            half = visits[0::2] + visits[1::2]
            visits = np.zeros(_BINS, np.int64)
            if value < self.origin:
                self.origin -= self.width * _BINS
                visits[_BINS // 2 :] = half
            else:
                visits[: _BINS // 2] = half
            self.width *= 2.0
        self.visits = bytearray(np.minimum(visits, _FULL).astype(np.uint8).tobytes())

    def state(self) -> dict[str, Any]:
        """Give everything that is remembered, as plain values."""
        return {"origin": self.origin, "width": self.width, "total": self.total, "visits": pack_bytes(self.visits)}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Gaps:
        """Restore what :meth:`state` gave."""
        gaps = cls.__new__(cls)
        gaps.origin, gaps.width, gaps.total = state["origin"], state["width"], state["total"]
        gaps.visits = bytearray(unpack_bytes(state["visits"]))
        return gaps
