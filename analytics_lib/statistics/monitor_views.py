"""The ways in which a monitor looks at a stream: the value, its step, what lasts, the season. Past values only."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, insort
from typing import Any, Final

from analytics_lib.statistics.monitor_packing import pack_bytes, pack_floats, unpack_bytes, unpack_floats

VIEWS: Final = ("value", "step", "floor", "ceiling", "median_12", "median_60", "season")
"""The value; its step from the one before; the lowest and the highest of the last five, which show a single low or high
value and, from the other side, five in a row; the median of the last 12 and of the last 60; the smoothed distance from
the usual at this time of day or week."""

_FEW: Final = 5
_SHORT: Final = 12
_LONG: Final = 60
_SEASON_AFTER: Final = 12
_NUMBERS: Final = ("seen", "last", "recent", "recent_error", "usual_error", "off", "offs")


def _pace(half_life: float) -> float:
    return float(1.0 - 0.5 ** (1.0 / half_life))


_RECENT, _ERROR = _pace(20.0), _pace(50.0)


class Window:
    """The last few values and their median; a value comes and goes in a step."""

    __slots__ = ("ordered", "size", "values")

    def __init__(self, size: int, values: list[float] | None = None) -> None:
        self.size = size
        self.values = values or []
        self.ordered = sorted(self.values)

    def learn(self, value: float) -> None:
        """Take a value in, and let the oldest go when there are too many."""
        self.values.append(value)
        insort(self.ordered, value)
        if len(self.values) > self.size:
            del self.ordered[bisect_left(self.ordered, self.values.pop(0))]

    def median(self) -> float | None:
        """Give the median; None until the window is full."""
        if len(self.values) < self.size:
            return None
        half = self.size // 2
        return (self.ordered[half - 1] + self.ordered[half]) / 2.0


class Usual:
    """The usual value at each time of a day or a week, as a mean over the last few of them.

    A visit to a slot is learned as one mean when the next visit begins, so that no value explains itself.
    """

    __slots__ = ("begun", "counts", "cycle", "memory", "slot", "total", "values", "visits", "width")

    def __init__(self, slots: int, cycle: float, memory: int) -> None:
        self.values = array("d", bytes(8 * slots))
        self.counts = bytearray(slots)
        self.cycle, self.width, self.memory = cycle, cycle / slots, memory
        self.slot, self.total, self.visits, self.begun = 0, 0.0, 0, 0.0

    def at(self, seconds: float) -> float | None:
        """Give the usual value at a time (seconds since the epoch); None until it was visited twice."""
        slot = int(seconds % self.cycle / self.width)
        return self.values[slot] if self.counts[slot] >= 2 else None

    def learn(self, seconds: float, value: float) -> None:
        """Learn the value at a time."""
        slot = int(seconds % self.cycle / self.width)
        if slot != self.slot or abs(seconds - self.begun) >= self.width:
            self._settle()
            self.slot, self.begun = slot, seconds
        self.total += value
        self.visits += 1

    def _settle(self) -> None:
        if self.visits:
            count = min(self.counts[self.slot] + 1, self.memory)
            self.counts[self.slot] = count
            self.values[self.slot] += (self.total / self.visits - self.values[self.slot]) / count
        self.total, self.visits = 0.0, 0

    def state(self) -> list[Any]:
        """Give everything that is remembered, as plain values."""
        numbers = [self.slot, self.total, self.visits, self.begun]
        return [pack_floats(self.values), pack_bytes(self.counts), *numbers]

    def restore(self, state: list[Any]) -> None:
        """Take over what :meth:`state` gave."""
        values, counts, self.slot, self.total, self.visits, self.begun = state
        self.values, self.counts = unpack_floats(values), bytearray(unpack_bytes(counts))


class Views:
    """Turns each time and value into views from what was before, and learns the value."""

    __slots__ = (*_NUMBERS, "day", "long", "short", "week")

    def __init__(self) -> None:
        self.seen, self.offs = 0, 0
        self.last = self.recent = self.off = self.recent_error = self.usual_error = 0.0
        self.short, self.long = Window(_SHORT), Window(_LONG)
        self.day, self.week = Usual(288, 86_400.0, 7), Usual(336, 604_800.0, 4)

    def expected(self, seconds: float) -> float:
        """Give what has predicted better so far: the recent level or the usual at this time; NaN at first."""
        if self.seen == 0:
            return math.nan
        usual = self.day.at(seconds)
        return self.recent if usual is None or self.recent_error <= self.usual_error else usual

    def look(self, seconds: float, value: float) -> tuple[float | None, ...]:
        """Give every view of a value, in the order of ``VIEWS`` and None where too little was seen; learn the value."""
        step = value - self.last if self.seen else None
        season = self._season(seconds, value)
        self._learn(value)
        few = self.short.values[-_FEW:] if self.seen >= _FEW else None
        floor, ceiling = (min(few), max(few)) if few else (None, None)
        return value, step, floor, ceiling, self.short.median(), self.long.median(), season

    def _season(self, seconds: float, value: float) -> float | None:
        day, week = self.day.at(seconds), self.week.at(seconds)
        self.day.learn(seconds, value)
        self.week.learn(seconds, value)
        if day is None:
            return None
        away = value - day
        self.usual_error += (abs(away) - self.usual_error) * _ERROR
        if week is not None and abs(value - week) < abs(away):
            away = value - week
        self.off += (away - self.off) / _SEASON_AFTER
        self.offs = min(self.offs + 1, _SEASON_AFTER)
        return self.off if self.offs == _SEASON_AFTER else None

    def _learn(self, value: float) -> None:
        self.seen += 1
        if self.seen == 1:
            self.recent = value
        away = value - self.recent
        self.recent += _RECENT * away
        self.recent_error += (abs(away) - self.recent_error) * _ERROR
        self.last = value
        self.short.learn(value)
        self.long.learn(value)

    def state(self) -> dict[str, Any]:
        """Give everything that is remembered, as plain values."""
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        window = pack_floats(array("d", self.long.values))
        return {**numbers, "window": window, "day": self.day.state(), "week": self.week.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Views:
        """Restore what :meth:`state` gave."""
        views = cls()
        for name in _NUMBERS:
            setattr(views, name, state[name])
        window = unpack_floats(state["window"]).tolist()
        views.short, views.long = Window(_SHORT, window[-_SHORT:]), Window(_LONG, window)
        views.day.restore(state["day"])
        views.week.restore(state["week"])
        return views
