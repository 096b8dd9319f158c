"""Exponential smoothing in many settings at once, with forecasts from every origin on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.series import Floats

Integers = NDArray[np.int64]

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
    """One way to smooth, for telling which was chosen."""

    level: float
    """How much of a surprise the level takes on, 0 to 1."""
    damping: float
    """What is left of the slope after each step; 1 for a lasting (or no) slope."""
    slope: float
    """How much of the level's move the slope takes on."""
    seasons: tuple[int, ...]
    """Periods of the seasons, in steps."""

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
    """Give the settings in the order of :func:`smoothed_forecasts`."""
    return [
        Setting(float(level), float(damping), float(slope), seasons)
        for seasons in season_choices(periods)
        for level, slope, damping, _, _ in _SETTINGS
    ]


def smoothed_forecasts(values: Floats, periods: Sequence[int], origins: Integers, horizon: int) -> Floats:
    """Forecast from every origin with every setting.

    Parameters
    ----------
    values
        NaN for gaps: nothing is learnt there, the state moves on. Shape (n,).
    periods
        Seasons in steps, at most two.
    origins
        Ascending places in `values`; a forecast knows what lies up to and including its origin.
    horizon
        Steps ahead.

    Returns
    -------
    array
        Shape (origins, horizon, settings).

    References
    ----------
    E. S. Gardner (2006), Int. J. Forecast. 22, 637-666 (damped trends); J. W. Taylor (2003), J. Oper. Res. Soc. 54,
    799-805 (two seasons and errors that fade).
    """
    state = _State.begin(values, periods)
    steps = np.arange(1, horizon + 1)
    places = [(origins[:, None] + steps) % period for period in periods]
    at_origins = np.empty((len(origins), *state.parts.shape))
    seasons = np.zeros((len(origins), horizon, state.parts.shape[1]))
    wanted = {int(origin): number for number, origin in enumerate(origins)}
    for place, value in enumerate(values.tolist()):
        state.move(place, value)
        number = wanted.get(place)
        if number is not None:
            at_origins[number] = state.parts
            for season, ahead in zip(state.seasons, places, strict=True):
                seasons[number] += season[ahead[number]]
    return _ahead(at_origins, state.fading, steps, seasons)


def _ahead(parts: Floats, fading: Floats, steps: Integers, seasons: Floats) -> Floats:
    """Give what level, slope, fading error and seasons at each origin add up to at each step ahead."""
    _, damping, memory = fading
    slopes = np.cumsum(damping ** (steps[:, None] - 1), axis=0)
    forecasts = seasons
    forecasts += parts[:, 0, None, :]
    forecasts += parts[:, 1, None, :] * slopes
    if memory.any():
        forecasts += parts[:, 2, None, :] * memory ** (steps[:, None] - 1)
    return forecasts


@dataclass(slots=True)
class _State:
    """Level, next rise, error that still lasts, and seasons, of all settings."""

    parts: Floats
    """Level now; what it will rise by, and what will be left of the error, at the next step; shape (3, settings)."""
    fading: Floats
    """What is left of each part a step later, shape (3, settings)."""
    taken: Floats
    """How much of a surprise each part takes on, shape (3, settings)."""
    periods: tuple[int, ...]
    seasons: list[Floats]
    """One row per phase, shape (period, settings) each."""
    season_taken: list[Floats]

    @classmethod
    def begin(cls, values: Floats, periods: Sequence[int]) -> _State:
        choices = season_choices(periods)
        level, slope, damping, season, memory = np.tile(_SETTINGS, (len(choices), 1)).T
        used = [np.repeat([float(period in choice) for choice in choices], len(_SETTINGS)) for period in periods]
        first = values[: 2 * _half(len(values), max(periods, default=1))]
        middle, rise = _start(first, values)
        slopes = np.where(slope > 0, rise, 0.0)
        state = cls(
            parts=np.array([middle - slopes * (len(first) / 2), damping * slopes, np.zeros(len(level))]),
            fading=np.array([np.ones(len(level)), damping, memory]),
            taken=np.array([level, damping * slope * level, memory]),
            periods=tuple(periods), seasons=[np.zeros((period, len(level))) for period in periods],
            season_taken=[season * (1 - level) * one for one in used],
        )  # fmt: skip
        for number, choice in enumerate(choices):
            settings = slice(number * len(_SETTINGS), (number + 1) * len(_SETTINGS))
            left = first - middle - rise * (np.arange(len(first)) - (len(first) - 1) / 2)
            for period in choice:
                shape = _phase_means(left, period)
                state.seasons[state.periods.index(period)][:, settings] = shape[:, None]
                left = left - shape[np.arange(len(left)) % period]
        return state

    def move(self, place: int, value: float) -> None:
        """Take one observation in; with a gap (NaN) time passes."""
        parts = self.parts
        moved = self.fading * parts
        moved[0] += parts[1]
        if value == value:
            rows = [season[place % period] for season, period in zip(self.seasons, self.periods, strict=True)]
            surprise = value - np.add.reduce(parts)
            for row in rows:
                surprise -= row
            moved += self.taken * surprise
            for row, taken in zip(rows, self.season_taken, strict=True):
                np.add(row, taken * surprise, out=row)
        self.parts = moved


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


def naive_forecasts(values: Floats, period: int, origins: Integers, horizon: int) -> Floats:
    """Repeat the last known value of the same phase (with period 1: the last known value), shape (origins, horizon)."""
    filled = values.copy()
    for phase in range(period):
        filled[phase::period] = _carried(values[phase::period])
    steps = np.arange(1, horizon + 1)
    places = origins[:, None] + steps - period * -(-steps // period)
    return np.where(places >= 0, filled[np.maximum(places, 0)], np.nan)


def _carried(values: Floats) -> Floats:
    last = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))
    return np.where(last >= 0, values[np.maximum(last, 0)], np.nan)
