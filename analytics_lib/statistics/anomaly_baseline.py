"""What should each point have been, judged by all the others? Season, level, slope and neighbours together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_breaks import Break, lasting, level_shifts, steps
from analytics_lib.statistics.anomaly_neighbours import hear_neighbours
from analytics_lib.statistics.anomaly_season import take_days, take_season

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

_UNSURE: Final = 3.0
"""Variances of a slope by which it is shrunk."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The expectation of each point from all others, and how sure it is."""

    expected: Floats
    """One value per point, gaps included."""
    scale: Floats
    """Typical residual at each point over the usual one; larger at the ends and beside gaps."""
    periods: tuple[int, ...]
    """Seasons that were found and taken out, in steps."""
    shifts: tuple[Break, ...]
    """Lasting steps of the level, which the expectation follows."""
    burst: Flags
    """Points between two steps of which the second takes the first back; they spoke for nobody."""
    changes: tuple[Break, ...] = ()
    """Lasting changes of the spread, which the scale follows."""


def fit_baseline(
    values: Floats, periods: tuple[int, ...], left_out: Flags, *, days: int = 0, means: bool = False
) -> Baseline:
    """Give the expectation of every point from the other points.

    Parameters
    ----------
    values
        One value per step, NaN where unknown, on a scale where deviations are about equally large everywhere.
    periods
        Seasons to look for, in steps, shortest first.
    left_out
        Points that must not speak for others: those already known as anomalies.
    days
        Steps of a day where each day has a level of its own, for want of weeks; 0 for none.
    means
        Use means instead of medians for season and level, as small counts need.
    """
    voices = np.where(left_out, np.nan, values)
    season = np.zeros(len(values))
    used: list[int] = []
    for period in periods:
        part = take_season(voices - season, period, means=means)
        if part is not None:
            season, used = season + part, [*used, period]
    part = take_days(voices - season, days) if days else None
    season = season if part is None else season + part
    shifts, burst = lasting(level_shifts(voices - season), len(values))
    voices = np.where(burst, np.nan, voices)
    level = season + steps(shifts, len(values))
    level = level + _line(voices - level, np.nanmean if means else np.nanmedian)
    near = hear_neighbours(values - level, voices - level)
    return Baseline(level + near.addition, near.scale, tuple(used), shifts, burst)


def _line(values: Floats, middle: Callable[[Floats], np.float64]) -> Floats:
    """Give a robust straight line: the median slope between the middles of up to 24 blocks, less what chance explains.

    The slope is shrunk by its own variance (James and Stein), so that noise has none.
    """
    blocks = np.array_split(np.arange(len(values)), min(24, max(2, len(values) // 8)))
    known = [block for block in blocks if np.isfinite(values[block]).any()]
    x = np.array([float(block.mean()) for block in known])
    y = np.array([float(middle(values[block])) for block in known])
    later = np.greater.outer(x, x)
    slopes = np.subtract.outer(y, y)[later] / np.subtract.outer(x, x)[later]
    slope = float(np.median(slopes)) if len(slopes) else 0.0
    chance = float(np.var(y - slope * x)) / float(np.sum((x - x.mean()) ** 2)) if len(x) > 2 else 0.0
    slope *= max(1.0 - _UNSURE * chance / slope**2, 0.0) if slope != 0.0 else 0.0
    line = slope * np.arange(len(values), dtype=float)
    return line + (float(middle(values - line)) if known else 0.0)
