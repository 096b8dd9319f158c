"""From the moments that were observed to an even grid of buckets: the step, and each moment's place on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.errors import ArgumentError

Integers: TypeAlias = NDArray[np.int64]

MONTH_SECONDS: Final = 365.2425 * 86_400 / 12
"""A mean Gregorian month; months, quarters and years are steps of the calendar, not of the clock."""

_DAY: Final = 86_400_000_000
_LONGEST: Final = 20_000_000
_CALENDAR: Final = ((1, 28, 31), (3, 90, 92), (12, 365, 366))  # months, shortest and longest in days


@dataclass(frozen=True, slots=True)
class Grid:
    """Where each observed moment lies on an even grid."""

    positions: Integers
    """Place of each moment, ascending from 0; equal places share a bucket."""
    micros: Integers
    """Start of every bucket of the grid, epoch microseconds; observed buckets keep their own moment."""
    step_seconds: float
    """Seconds from bucket to bucket (mean length for calendar steps); NaN for fewer than two moments."""
    even: bool
    """False when the moments were too irregular and had to be gathered into buckets."""


def even_grid(moments: Integers) -> Grid:
    """Find the step of ascending, distinct moments (epoch microseconds) and place them on an even grid.

    Calendar months, quarters and years are recognised. Moments up to a quarter of a step off (local days across
    a clock change) keep their place and their own time. Anything less regular is gathered into buckets of the
    median step.

    Raises
    ------
    ArgumentError
        The grid would have more than 20 million buckets.

    Examples
    --------
    >>> even_grid(np.array([0, 60, 120, 240]) * 1_000_000).positions.tolist()
    [0, 1, 2, 4]
    """
    if len(moments) < 2:
        return Grid(np.zeros(len(moments), np.int64), moments, float("nan"), even=True)
    steps = np.diff(moments)
    if (steps == steps[0]).all():
        return Grid(np.arange(len(moments)), moments, float(steps[0]) / 1e6, even=True)
    return _calendar_grid(moments, steps) or _clock_grid(moments, _usual(steps)) or _gathered(moments, steps)


def _usual(steps: Integers) -> int:
    found, counts = np.unique(steps, return_counts=True)
    return int(found[np.argmax(counts)])


def _calendar_grid(moments: Integers, steps: Integers) -> Grid | None:
    usual = float(np.median(steps)) / _DAY
    for months, shortest, longest in _CALENDAR:
        if shortest - 0.1 <= usual <= longest + 0.1:
            for shift in (0, 26 * 3_600_000_000):  # a local month may begin on the evening before, in UTC
                places = _month_places(moments + shift, months)
                if places is not None:
                    starts = _month_starts(moments[0] + shift, months, int(places[-1]) + 1) - shift
                    starts[places] = moments
                    return Grid(places, starts, months * MONTH_SECONDS, even=True)
    return None


def _month_places(moments: Integers, months: int) -> Integers | None:
    stamps = moments.view("datetime64[us]")
    month = stamps.astype("datetime64[M]")
    day = (stamps.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    places = month.astype(np.int64) - month[0].astype(np.int64)
    same_day = day.max() - day.min() <= 1 or day.min() >= 27
    if not same_day or (places % months).any() or (np.diff(places) == 0).any():
        return None
    return places // months


def _month_starts(first: np.int64, months: int, length: int) -> Integers:
    stamp = np.array([first]).view("datetime64[us]")[0]
    start = stamp.astype("datetime64[M]")
    return (start + np.arange(length) * months).astype("datetime64[us]").view(np.int64) + (
        stamp - start.astype("datetime64[us]")
    ).astype(np.int64)


def _clock_grid(moments: Integers, step: int) -> Grid | None:
    places, off = _places(moments, step)
    if (np.abs(off) > step / 4).any() or (np.diff(places) == 0).any() or places[-1] > 50 * len(moments) + 1000:
        return None
    micros = moments[0] + np.arange(_checked(int(places[-1]) + 1)) * step
    micros[places] = moments
    return Grid(places, micros, step / 1e6, even=True)


def _gathered(moments: Integers, steps: Integers) -> Grid:
    step = int(np.median(steps))
    places = (moments - moments[0]) // step
    micros = moments[0] + np.arange(_checked(int(places[-1]) + 1)) * step
    return Grid(places, micros, step / 1e6, even=False)


def _places(moments: Integers, step: int) -> tuple[Integers, Integers]:
    since = moments - moments[0]
    places = (since + step // 2) // step
    return places, since - places * step


def _checked(length: int) -> int:
    if length > _LONGEST:
        fact = f"the series would need {length:,} buckets between its first and its last time"
        raise ArgumentError(fact, "Remove stray times, or bucket the series with a larger grain.")
    return length
