"""What forecasts from the past would have been worth: rolling origins, the choice of methods, and their errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics_lib.statistics.forecast_blocks import Integers
from analytics_lib.statistics.forecast_smoothing import (
    Setting,
    naive_forecasts,
    smoothed_forecasts,
    smoothing_settings,
)
from analytics_lib.statistics.seasonality import find_periods
from analytics_lib.statistics.series import Floats

Scale = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]
"""To the scale on which errors are even, and back."""

_LOOKED_AT: Final = 4000  # values in which seasons are looked for, and the most that are smoothed
_SMOOTHED: Final = 1500  # values smoothed when seasons are short
_CYCLES: Final = 8
_JUDGED_ORIGINS: Final = 100  # from which methods are judged
_JUDGED_STEPS: Final = 24  # ahead, at which they are judged
_MOST_ORIGINS: Final = 300  # from which the chosen are, for the width of the interval
_MOST_NUMBERS: Final = 1_500_000  # origins × horizon × methods held at once
_COMBINED: Final = 3
_MOST_SEASONS: Final = 2


@dataclass(frozen=True, slots=True)
class Rolled:
    """The forecast, and how such forecasts erred before; all on the even scale."""

    forecast: Floats
    """From the newest observation, shape (horizon,)."""
    errors: Floats
    """Truth less forecast from each earlier origin, NaN where the truth is not known, shape (origins, horizon)."""
    origins: Integers
    """Places of those origins, ascending; the newest is last, shape (origins,)."""
    stride: int
    """Steps between origins."""
    periods: tuple[int, ...]
    """Seasons used, in steps."""
    methods: tuple[str, ...]
    """What was combined, in words, the best first."""
    first_place: int
    """Values before the smoothed ones, which were not used."""


def scale_of(kind: str) -> Scale:
    """Give the scale on which errors are about as large everywhere: square roots for counts and durations.

    Examples
    --------
    >>> to, back = scale_of("count")
    >>> to(np.array([9.0])), back(np.array([3.0, -1.0]))
    (array([3.]), array([9., 0.]))
    """
    if kind in ("count", "duration"):
        return (lambda values: np.sqrt(np.maximum(values, 0.0))), (lambda roots: np.maximum(roots, 0.0) ** 2)
    return (lambda values: values), (lambda values: values)


def roll(values: Floats, horizon: int, *, kind: str, step_seconds: float) -> Rolled:
    """Forecast from many origins with many methods, and combine the three that erred least.

    Methods are the settings of exponential smoothing, and repeating the last value or season. Each is judged by its
    mean absolute error over all origins and steps ahead, in the unit of the series.

    Parameters
    ----------
    values
        Ending with a known value, NaN for gaps; at least 3 known.
    horizon
        Steps ahead.
    kind
        What the values are, for the scale of the errors.
    step_seconds
        Seconds per step; helps to recognise seasons.
    """
    to, back = scale_of(kind)
    recent = values[-_LOOKED_AT:]
    periods = _seasons(recent, step_seconds)
    recent = recent[-max(_SMOOTHED, _CYCLES * max(periods, default=1)) :]
    candidates = _Candidates(to(recent), recent, periods, back)
    best = _best(candidates, horizon)
    origins, stride = _origins(len(recent), horizon, max(periods, default=1), _MOST_ORIGINS)
    combined = to(np.mean(candidates.ahead(origins, np.arange(1, horizon + 1), best), axis=0))
    return Rolled(
        forecast=combined[-1], errors=to(targets(recent, origins, horizon)) - combined, origins=origins, stride=stride,
        periods=periods, methods=tuple(str(method) for method in best), first_place=len(values) - len(recent),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Again:
    """Repeating the last value or season."""

    period: int
    """Steps of the season; 1 for the last value."""

    def __str__(self) -> str:
        """In words."""
        return "the last value" if self.period == 1 else f"the last {self.period:,} steps again"


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The methods that compete on one series."""

    even: Floats
    """The series on the scale on which errors are even."""
    given: Floats
    """The series in its own unit."""
    periods: tuple[int, ...]
    """Its seasons, in steps."""
    back: Callable[[Floats], Floats]
    """From the even scale to the unit."""

    @property
    def methods(self) -> list[Setting | _Again]:
        """All of them, the plainest last."""
        return [*smoothing_settings(self.periods), *(_Again(period) for period in sorted({1, *self.periods}))]

    def ahead(self, origins: Integers, steps: Integers, methods: Sequence[Setting | _Again]) -> Floats:
        """Forecast in the unit of the series, shape (methods, origins, steps)."""
        settings = [method for method in methods if isinstance(method, Setting)]
        found = np.empty((len(methods), len(origins), len(steps)))
        if settings:
            smooth = [isinstance(method, Setting) for method in methods]
            found[smooth] = self.back(smoothed_forecasts(self.even, self.periods, origins, steps, settings))
        for place, method in enumerate(methods):
            if isinstance(method, _Again):
                found[place] = naive_forecasts(self.given, method.period, origins, steps)
        return found


def _seasons(values: Floats, step_seconds: float) -> tuple[int, ...]:
    found = find_periods(values, step_seconds=step_seconds, most=_MOST_SEASONS)
    return tuple(sorted(period.steps for period in found))


def _origins(length: int, horizon: int, longest: int, most: int) -> tuple[Integers, int]:
    """Choose origins evenly, the newest included, none before the methods have settled."""
    first = max(min(2 * longest, length // 2), int(0.3 * length), min(5, length - 1))
    most = int(np.clip(_MOST_NUMBERS // (horizon * _COMBINED), 40, most))
    stride = max(1, (length - first) // most)
    return np.arange(length - 1, first - 1, -stride)[::-1].copy(), stride


def targets(values: Floats, origins: Integers, horizon: int) -> Floats:
    """Give what came after each origin, NaN where it is not known yet, shape (origins, horizon)."""
    padded = np.concatenate([values, np.full(horizon, np.nan)])
    return padded[origins[:, None] + np.arange(1, horizon + 1)]


def _best(candidates: _Candidates, horizon: int) -> list[Setting | _Again]:
    """Name the three methods with the smallest mean error, over fewer origins and steps than their errors need."""
    methods, given = candidates.methods, candidates.given
    origins, _ = _origins(len(given), horizon, max(candidates.periods, default=1), _JUDGED_ORIGINS)
    steps = np.unique(np.linspace(1, horizon, min(horizon, _JUDGED_STEPS)).round().astype(np.int64))
    truth = targets(given, origins, horizon)[:, steps - 1]
    known = np.isfinite(truth)
    if not known.any():  # too short to judge: the plainest method
        return [methods[-1]]
    ahead = candidates.ahead(origins, steps, methods)
    missed = np.abs(ahead - truth)
    missed[:, ~known] = 0.0
    mean = missed.sum(axis=(1, 2))
    mean[~np.isfinite(ahead[:, -1]).all(axis=1)] = np.inf
    order = np.argsort(np.where(np.isfinite(mean), mean, np.inf), kind="stable")[:_COMBINED]
    return [methods[place] for place in order if np.isfinite(mean[place])] or [methods[-1]]
