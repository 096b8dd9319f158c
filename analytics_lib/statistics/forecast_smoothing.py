"""Exponential smoothing in many settings at once, with forecasts from every origin on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics_lib.statistics.forecast_blocks import Course, Integers
from analytics_lib.statistics.series import Floats

_SETTINGS: Final = np.array(
    [
        *((level, 0.0, 1.0, season, 0.0) for level in (0.03, 0.2, 0.6, 0.95) for season in (0.05, 0.2)),
        *((level, 0.1, 0.9, season, 0.0) for level in (0.03, 0.2, 0.6, 0.95) for season in (0.05, 0.2)),
        *((level, 0.0, 1.0, season, 0.7) for level in (0.03, 0.2) for season in (0.05, 0.2)),
        (0.2, 0.1, 0.98, 0.1, 0.0), (0.6, 0.1, 0.98, 0.1, 0.0), (0.95, 0.05, 0.98, 0.1, 0.0),
        (0.95, 0.2, 0.98, 0.1, 0.0), (0.3, 0.02, 1.0, 0.1, 0.0), (0.95, 0.01, 1.0, 0.1, 0.0), (0.5, 0.1, 1.0, 0.1, 0.0),
    ]
)  # fmt: skip
"""Weights of level, slope, damping, season and error memory: slow to quick, without, with damped or with lasting
trend, with or without errors that fade."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to smooth."""

    level: float
    """How much of a surprise the level takes on, 0 to 1."""
    damping: float
    """What is left of the slope after each step; 1 for a lasting (or no) slope."""
    slope: float
    """How much of the level's move the slope takes on."""
    seasons: tuple[int, ...]
    """Periods of the seasons, in steps."""
    season: float = 0.0
    """How much of what the level leaves of a surprise each season takes on."""
    memory: float = 0.0
    """What is left of an error after each step."""

    def __str__(self) -> str:
        """In words."""
        pace = "slow" if self.level <= 0.1 else "quick" if self.level >= 0.5 else "steady"
        trend = "" if not self.slope else ", damped trend" if self.damping < 0.97 else ", lasting trend"
        seasons = " and ".join(f"{period:,}" for period in self.seasons)
        return f"{pace} smoothing{trend}{f', seasons of {seasons} steps' if seasons else ''}"


def season_choices(periods: Sequence[int]) -> list[tuple[int, ...]]:
    """Give the sets of seasons that are tried: all, and each of two alone."""
    return [tuple(periods)] if len(periods) < 2 else [tuple(periods), *((period,) for period in periods)]


def smoothing_settings(periods: Sequence[int]) -> list[Setting]:
    """Give the settings that are tried."""
    return [
        Setting(level, damping, slope, seasons, season, memory)
        for seasons in season_choices(periods)
        for level, slope, damping, season, memory in _SETTINGS.tolist()
    ]


def smoothed_forecasts(
    values: Floats, periods: Sequence[int], origins: Integers, steps: Integers, settings: Sequence[Setting]
) -> Floats:
    """Forecast from every origin with every setting.

    Parameters
    ----------
    values
        NaN for gaps: nothing is learnt there, the state moves on. Shape (n,).
    periods
        Seasons in steps, at most two.
    origins
        Ascending places in `values`; a forecast knows what lies up to and including its origin.
    steps
        How many steps ahead, each at least 1.
    settings
        With seasons out of `periods`.

    Returns
    -------
    array
        Shape (settings, origins, steps).

    References
    ----------
    E. S. Gardner (2006), Int. J. Forecast. 22, 637-666 (damped trends); J. W. Taylor (2003), J. Oper. Res. Soc. 54,
    799-805 (two seasons and errors that fade).
    """
    course = _begin(values, periods, settings)
    parts = course.parts_at(origins, course.run(values))
    _, damping, memory = course.fading.T
    answers = np.ones((len(settings), 3, len(steps)))
    answers[:, 1] = np.cumsum(damping[:, None] ** np.arange(steps[-1]), axis=1)[:, steps - 1]
    answers[:, 2] = memory[:, None] ** (steps - 1)
    forecasts = parts @ answers
    for period, table in zip(course.periods, course.tables, strict=True):
        last_seen = origins[:, None] + steps - period * -(-steps // period)
        using = [place for place, setting in enumerate(settings) if period in setting.seasons]
        forecasts[using] += table[using][:, last_seen + period]
    return forecasts


def _begin(values: Floats, periods: Sequence[int], settings: Sequence[Setting]) -> Course:
    """Start all settings from the first cycles."""
    columns = np.array([(one.level, one.slope, one.damping, one.season, one.memory) for one in settings]).T
    level, slope, damping, season, memory = columns
    first = values[: 2 * _half(len(values), max(periods, default=1))]
    middle, rise = _start(first, values)
    slopes = np.where(slope > 0, rise, 0.0)
    tables = [np.zeros((len(settings), len(values) + period)) for period in periods]
    left = first - middle - rise * (np.arange(len(first)) - (len(first) - 1) / 2)
    for choice in {one.seasons for one in settings}:
        alike = [place for place, one in enumerate(settings) if one.seasons == choice]
        for period, shape in _shapes(left, choice):
            tables[periods.index(period)][alike, :period] = shape
    used = [np.array([period in one.seasons for one in settings]) for period in periods]
    return Course(
        parts=np.column_stack([middle - slopes * (len(first) / 2), damping * slopes, np.zeros(len(settings))]),
        fading=np.column_stack([np.ones(len(settings)), damping, memory]),
        taken=np.column_stack([level, damping * slope * level, memory]), periods=tuple(periods), tables=tables,
        season_taken=[(season * (1 - level) * one)[:, None] for one in used],
    )  # fmt: skip


def _shapes(left: Floats, choice: Sequence[int]) -> Iterator[tuple[int, Floats]]:
    """Give the mean of each phase for one season after the other."""
    for period in choice:
        shape = _phase_means(left, period)
        left = left - shape[np.arange(len(left)) % period]
        yield period, shape


def _half(length: int, longest: int) -> int:
    """Give half of the values a start is learnt from: whole cycles, so that a season looks like no slope."""
    cycles = max(-(-5 // longest), 2 if length >= 8 * longest else 1)
    return cycles * longest


def _start(first: Floats, values: Floats) -> tuple[float, float]:
    """Give level in the middle and slope of the first cycles, from the means of their halves."""
    half = len(first) // 2
    halves = [part[np.isfinite(part)] for part in (first[:half], first[half : 2 * half])]
    if not all(len(part) for part in halves):
        known = first[np.isfinite(first)]
        return float(known.mean() if len(known) else np.nanmean(values)), 0.0
    early, late = (float(part.mean()) for part in halves)
    return float(np.nanmean(first)), (late - early) / half


def _phase_means(values: Floats, period: int) -> Floats:
    phases, known = np.arange(len(values)) % period, np.isfinite(values)
    counts = np.bincount(phases[known], minlength=period)
    sums = np.bincount(phases[known], weights=values[known], minlength=period)
    return np.divide(sums, counts, out=np.zeros(period), where=counts > 0)


def naive_forecasts(values: Floats, period: int, origins: Integers, steps: Integers) -> Floats:
    """Repeat the last known value of the same phase (with period 1: the last known value), shape (origins, steps)."""
    cycles = -(-len(values) // period)
    table = np.full(cycles * period, np.nan)
    table[: len(values)] = values
    rows = np.where(np.isfinite(table), np.arange(len(table)) // period, -1).reshape(cycles, period)
    last = np.maximum.accumulate(rows, axis=0).ravel()
    filled = np.where(last >= 0, table[np.maximum(last, 0) * period + np.arange(len(table)) % period], np.nan)
    places = origins[:, None] + steps - period * -(-steps // period)
    return np.where(places >= 0, filled[np.maximum(places, 0)], np.nan)
