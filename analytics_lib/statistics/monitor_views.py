"""The ways in which a monitor looks at a stream: value, departure, level, season, spread, shift. Past values only."""

from __future__ import annotations

import math
from array import array
from typing import Any, Final

from analytics_lib.statistics.monitor_packing import pack_bytes, pack_floats, unpack_bytes, unpack_floats

VIEWS: Final = ("value", "departure", "level", "season", "spread", "shift")
"""The value; its distance from the recent level; the median of 25; the smoothed distance from the usual at this time
of day or week; the logarithm of the recent spread; the recent level against that of the last 150."""

_WINDOW: Final = 25
_SPREAD_AFTER: Final = 60
_SHIFT_AFTER: Final = 100
_SEASON_AFTER: Final = 12
_NUMBERS: Final = ("seen", "recent", "quick", "slow", "spread", "recent_error", "usual_error", "off", "offs")


def _pace(half_life: float) -> float:
    return float(1.0 - 0.5 ** (1.0 / half_life))


_RECENT, _QUICK, _SLOW, _SPREAD = _pace(20.0), _pace(6.0), _pace(150.0), _pace(50.0)


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

    __slots__ = (*_NUMBERS, "day", "week", "window")

    def __init__(self) -> None:
        self.seen, self.offs = 0, 0
        self.recent = self.quick = self.slow = self.spread = self.off = 0.0
        self.recent_error = self.usual_error = 0.0
        self.window: list[float] = []
        self.day, self.week = Usual(288, 86_400.0, 7), Usual(336, 604_800.0, 4)

    def expected(self, seconds: float) -> float:
        """Give what has predicted better so far: the recent level or the usual at this time; NaN at first."""
        if self.seen == 0:
            return math.nan
        usual = self.day.at(seconds)
        return self.recent if usual is None or self.recent_error <= self.usual_error else usual

    def look(self, seconds: float, value: float) -> tuple[float | None, ...]:
        """Give every view of a value, in the order of ``VIEWS`` and None where too little was seen; learn the value."""
        departure = value - self.recent if self.seen else None
        spread = math.log(self.spread) if self.seen >= _SPREAD_AFTER and self.spread > 0.0 else None
        season = self._season(seconds, value)
        self._learn(value)
        level = sorted(self.window)[_WINDOW // 2] if len(self.window) == _WINDOW else None
        shift = self.quick - self.slow if self.seen > _SHIFT_AFTER else None
        return value, departure, level, season, spread, shift

    def _season(self, seconds: float, value: float) -> float | None:
        day, week = self.day.at(seconds), self.week.at(seconds)
        self.day.learn(seconds, value)
        self.week.learn(seconds, value)
        if day is None:
            return None
        away = value - day
        self.usual_error += (abs(away) - self.usual_error) * _SPREAD
        if week is not None and abs(value - week) < abs(away):
            away = value - week
        self.off += (away - self.off) / _SEASON_AFTER
        self.offs = min(self.offs + 1, _SEASON_AFTER)
        return self.off if self.offs == _SEASON_AFTER else None

    def _learn(self, value: float) -> None:
        self.seen += 1
        if self.seen == 1:
            self.recent = self.quick = self.slow = value
        away = value - self.recent
        self.recent += _RECENT * away
        self.recent_error += (abs(away) - self.recent_error) * _SPREAD
        self.quick += _QUICK * (value - self.quick)
        self.slow += _SLOW * (value - self.slow)
        self.spread += _SPREAD * (away * away - self.spread)
        self.window.append(value)
        if len(self.window) > _WINDOW:
            del self.window[0]

    def state(self) -> dict[str, Any]:
        """Give everything that is remembered, as plain values."""
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        window = pack_floats(array("d", self.window))
        return {**numbers, "window": window, "day": self.day.state(), "week": self.week.state()}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Views:
        """Restore what :meth:`state` gave."""
        views = cls()
        for name in _NUMBERS:
            setattr(views, name, state[name])
        views.window = unpack_floats(state["window"]).tolist()
        views.day.restore(state["day"])
        views.week.restore(state["week"])
        return views
