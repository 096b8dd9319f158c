"""What forecasts from the past would have been worth: rolling origins, the choice of methods, and their errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics_lib.statistics.forecast_smoothing import (
    Integers,
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
_MOST_ORIGINS: Final = 300
_MOST_NUMBERS: Final = 3_000_000  # origins × horizon × methods held at once
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
    even = to(recent)
    names = [str(setting) for setting in smoothing_settings(periods)]
    origins, stride = _origins(len(recent), horizon, max(periods, default=1), len(names))
    ahead = back(smoothed_forecasts(even, periods, origins, horizon))
    for period in {1, *periods}:
        repeated = naive_forecasts(recent, period, origins, horizon)
        ahead = np.concatenate([ahead, repeated[:, :, None]], axis=2)
        names.append("the last value" if period == 1 else f"the last {period:,} steps again")
    truth = targets(recent, origins, horizon)
    best = _best(ahead, truth)
    combined = to(ahead[:, :, best].mean(axis=2))
    return Rolled(
        forecast=combined[-1], errors=to(truth) - combined, origins=origins, stride=stride, periods=periods,
        methods=tuple(names[place] for place in best), first_place=len(values) - len(recent),
    )  # fmt: skip


def _seasons(values: Floats, step_seconds: float) -> tuple[int, ...]:
    found = find_periods(values, step_seconds=step_seconds, most=_MOST_SEASONS)
    return tuple(sorted(period.steps for period in found))


def _origins(length: int, horizon: int, longest: int, methods: int) -> tuple[Integers, int]:
    """Choose origins evenly, the newest included, none before the methods have settled."""
    first = max(min(2 * longest, length // 2), int(0.3 * length), min(5, length - 1))
    most = int(np.clip(_MOST_NUMBERS // (horizon * methods), 40, _MOST_ORIGINS))
    stride = max(1, (length - first) // most)
    return np.arange(length - 1, first - 1, -stride)[::-1].copy(), stride


def targets(values: Floats, origins: Integers, horizon: int) -> Floats:
    """Give what came after each origin, NaN where it is not known yet, shape (origins, horizon)."""
    padded = np.concatenate([values, np.full(horizon, np.nan)])
    return padded[origins[:, None] + np.arange(1, horizon + 1)]


def _best(ahead: Floats, truth: Floats) -> list[int]:
    known = np.isfinite(truth)
    if not known.any():  # too short to judge: the plainest method
        return [ahead.shape[2] - 1]
    missed = np.abs(ahead - truth[:, :, None])[known]
    mean = np.where(np.isfinite(missed).all(axis=0), missed.mean(axis=0), np.inf)
    usable = np.isfinite(mean) & np.isfinite(ahead[-1]).all(axis=0)
    order = np.argsort(np.where(usable, mean, np.inf), kind="stable")
    return [int(place) for place in order[:_COMBINED] if usable[place]] or [ahead.shape[2] - 1]
