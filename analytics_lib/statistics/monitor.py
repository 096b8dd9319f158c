"""Anomalies as values arrive: one small memory per stream, no look-ahead, no settings to learn from labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import grain_name, moment
from analytics_lib.statistics.monitor_memory import Memory
from analytics_lib.statistics.monitor_strangeness import MARGIN, needed_rarity, rarities_for, strangeness
from analytics_lib.statistics.monitor_views import VIEWS, Views

_REST: Final = 50
"""Values after an alarm in which only something much stranger is another one."""
_STRANGER: Final = 2.0
"""How much: over the alarm before it."""
_FIRST: Final = 5
"""Values of an incident that may be kept out of memory: a spike teaches nothing about the usual, what lasts does."""
_HELD: Final = 0.5
"""Strangeness that is left to what is held back after an alarm."""
_VERSION: Final = 3

SEVERITIES: Final = ("low", "medium", "high")

Time = datetime | date | str
"""A moment; without a time zone it is UTC. A pandas Timestamp is a datetime."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a monitor says about one value."""

    value: float
    """Strangeness in [0, 1]; 0 while warming up and for missing values."""
    is_anomaly: bool | None
    """Whether `value` reaches the threshold; None while warming up and for missing values."""
    expected: float
    """What the past suggested; NaN at the very first value."""
    low: float
    """Lower end of the band that would not have been called new; NaN while warming up."""
    high: float
    """Upper end of that band."""
    reason: str = ""
    """What is new about an anomaly, in words; empty otherwise."""
    severity: str = ""
    """Of an anomaly: ``low``, ``medium`` = also at ``per_1000 / 10``, ``high`` = also at ``per_1000 / 100``."""


class AnomalyMonitor:
    """Scores the values of one stream as they arrive.

    Parameters
    ----------
    per_1000
        Promised alarms per 1,000 ordinary values, at most, counted after the warm-up; above 0, at most 100.
    grain
        Bucket size of the stream, if it has one (``"hour"``, ``"day"`` …); checked, and kept with the state. Seasons
        are learned from the times themselves.
    warm_up
        Values at the start that are learned and not judged; at least 100.

    Attributes
    ----------
    threshold
        Fixed: a value is an anomaly when its score reaches 0.5.

    Notes
    -----
    A stream is looked at in seven ways: the value, its step from the one before, the lowest and the highest of the
    last five, the medians of the last 12 and 60, and the distance from the usual at this time of day or week. An alarm
    needs two things of one view: it leaves everything seen before by 15 % of its range, and the 30 most extreme values
    seen say that this is rare. One event is one alarm: for 50 values only something twice as strange alarms again. The
    first five values of an incident are not learned, so that the next like it is an alarm too; that one is learned.

    The promise was set on simulated noise (normal, Student t with three degrees of freedom, lognormal, exponential,
    Poisson, AR(1) up to 0.8, seasonal): see decision 0006 for the rates. It is about noise that goes on as it began:
    nothing is promised for longer tails (a Cauchy stream alarms more often), nor for streams that drift (a random walk
    leaves its range for ever). A stream that never changed alarms at its first change.

    Memory is constant, about 30 kB. Times may repeat or go back; a missing value is passed over.

    References
    ----------
    Siffer et al. (2017), Anomaly detection in streams with extreme value theory, KDD. Hill (1975), A simple general
    approach to inference about the tail of a distribution, Annals of Statistics 3. Lavin and Ahmad (2015), Evaluating
    real-time anomaly detection algorithms: the Numenta anomaly benchmark, ICMLA.

    Examples
    --------
    >>> from datetime import timedelta
    >>> monitor = AnomalyMonitor()
    >>> start = datetime(2024, 5, 1, tzinfo=UTC)
    >>> quiet = [monitor.update(start + timedelta(minutes=5 * i), 20.0 + i % 7) for i in range(600)]
    >>> any(score.is_anomaly for score in quiet)
    False
    >>> monitor.update(start + timedelta(minutes=3000), 60.0).is_anomaly
    True
    """

    __slots__ = (
        "_incident", "_memories", "_needed", "_peak", "_rest", "_seen", "_views", "grain", "per_1000", "warm_up",
    )  # fmt: skip

    threshold: Final = 0.5

    def __init__(self, per_1000: float = 0.1, grain: str | None = None, warm_up: int = 150) -> None:
        self.per_1000 = checks.number_between("per_1000", per_1000, 0, 100)
        self.grain = None if grain is None else grain_name(grain)
        self.warm_up = checks.whole_number("warm_up", warm_up, at_least=100)
        self._views = Views()
        self._memories = tuple(Memory() for _ in VIEWS)
        self._needed = needed_rarity(self.per_1000)
        self._seen, self._rest, self._peak, self._incident = 0, 0, 0.0, 0

    def update(self, time: Time, value: float | None) -> Score:
        """Score one value and learn it.

        Parameters
        ----------
        time
            When it was observed. Order is up to the caller: the sequence of calls is the sequence of the stream.
        value
            The observation; None, NaN and infinite values are missing and change nothing.

        Raises
        ------
        ArgumentError
            The time can't be read, or the value is no number.
        """
        seconds, number = _seconds(time), _number(value)
        expected = self._views.expected(seconds)
        low, high = self._band()
        if number is None:
            return Score(0.0, None, expected, low, high)
        strange, spare, reason = self._learn(seconds, number)
        if self._seen <= self.warm_up:
            return Score(0.0, None, expected, low, high)
        score = strange / (1.0 + strange)
        if score < self.threshold:
            return Score(score, is_anomaly=False, expected=expected, low=low, high=high)
        severity = SEVERITIES[min(int(spare), 2)]
        return Score(score, is_anomaly=True, expected=expected, low=low, high=high, reason=reason, severity=severity)

    def _learn(self, seconds: float, number: float) -> tuple[float, float, str]:
        self._seen += 1
        views = self._views.look(seconds, number)
        strange, spare, reason = self._strangest(views) if self._seen > self.warm_up else (0.0, 0.0, "")
        strange = self._rested(strange)
        fresh = self._rest > _REST - _FIRST
        for view, memory in zip(views, self._memories, strict=True):
            if view is not None and not (fresh and memory.doubts(view, self._incident)):
                memory.remember(view)
        return strange, spare, reason

    def _strangest(self, views: tuple[float | None, ...]) -> tuple[float, float, str]:
        strangest = (0.0, 0.0, "")
        for name, view, memory in zip(VIEWS, views, self._memories, strict=True):
            if view is not None and not memory.low <= view <= memory.high:
                strangest = max(strangest, strangeness(name, view, memory, self._needed))
        return strangest

    def _rested(self, strange: float) -> float:
        """Hold back what is not much stranger than the alarm before it."""
        if self._rest > 0:
            self._rest -= 1
            if strange <= self._peak * _STRANGER:
                return min(strange, _HELD)
        if strange >= 1.0:
            self._rest, self._peak = _REST, strange
            self._incident += 1
        return strange

    def _band(self) -> tuple[float, float]:
        if self._seen < self.warm_up:
            return math.nan, math.nan
        (low, high), (fall, rise) = (
            memory.limits(rarities_for(name, self._needed), MARGIN)
            for name, memory in zip(VIEWS[:2], self._memories[:2], strict=True)
        )
        return max(low, self._views.last + fall), min(high, self._views.last + rise)

    def state(self) -> dict[str, Any]:
        """Give everything that is remembered, as plain values that JSON can hold; about 35 kB."""
        return {
            "version": _VERSION, "per_1000": self.per_1000, "grain": self.grain, "warm_up": self.warm_up,
            "seen": self._seen, "rest": self._rest, "peak": self._peak, "incident": self._incident,
            "views": self._views.state(), "memories": [memory.state() for memory in self._memories],
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> AnomalyMonitor:
        """Restore a monitor; it goes on exactly as the one whose :meth:`state` this is.

        Raises
        ------
        ArgumentError
            The state was written by another version.
        """
        if state.get("version") != _VERSION:
            raise ArgumentError(
                f"the state has version {state.get('version')!r}, not {_VERSION}", "Start a new monitor and warm it up."
            )
        monitor = cls(state["per_1000"], state["grain"], state["warm_up"])
        monitor._seen, monitor._rest = state["seen"], state["rest"]
        monitor._peak, monitor._incident = state["peak"], state["incident"]
        monitor._views = Views.from_state(state["views"])
        monitor._memories = tuple(Memory.from_state(memory) for memory in state["memories"])
        return monitor


def _seconds(time: Time) -> float:
    if isinstance(time, datetime) and time == time:  # NaT is a datetime that is not itself
        return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).timestamp()
    if type(time).__name__ == "datetime64" and str(time) != "NaT":
        time = str(time)[:26]
    if isinstance(time, datetime) or not isinstance(time, date | str):
        raise ArgumentError(f"time={time!r} is not a moment", "Give a datetime; without a zone it is UTC.")
    return moment("time", time).timestamp()


def _number(value: float | None) -> float | None:
    if value is None or type(value).__name__ == "NAType":
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    except (TypeError, ValueError) as problem:
        raise ArgumentError(
            f"value={value!r} is not a number", "Give a number, or None for a missing one."
        ) from problem
    return number if math.isfinite(number) else None
