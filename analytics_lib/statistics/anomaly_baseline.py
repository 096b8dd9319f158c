"""What should each point have been, judged by all the others? Season, slope and neighbours together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_neighbours import hear_neighbours
from analytics_lib.statistics.anomaly_season import take_season

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The expectation of each point from all others, and how sure it is."""

    expected: Floats
    """One value per point, gaps included."""
    scale: Floats
    """Typical residual at each point over the usual one; larger at the ends and beside gaps."""
    periods: tuple[int, ...]
    """Seasons that were found and taken out, in steps."""


def fit_baseline(values: Floats, periods: tuple[int, ...], left_out: Flags, *, means: bool = False) -> Baseline:
    """Give the expectation of every point from the other points.

    Parameters
    ----------
    values
        One value per step, NaN where unknown, on a scale where deviations are about equally large everywhere.
    periods
        Seasons to look for, in steps, shortest first.
    left_out
        Points that must not speak for others: those already known as anomalies.
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
    line = _line(voices - season, np.nanmean if means else np.nanmedian)
    near = hear_neighbours(values - season - line, voices - season - line)
    return Baseline(season + line + near.addition, near.scale, tuple(used))


def _line(values: Floats, middle: Callable[[Floats], np.float64]) -> Floats:
    """Give a robust straight line: the median slope between the middles of up to 24 blocks."""
    blocks = np.array_split(np.arange(len(values)), min(24, max(2, len(values) // 8)))
    known = [block for block in blocks if np.isfinite(values[block]).any()]
    x = np.array([float(block.mean()) for block in known])
    y = np.array([float(middle(values[block])) for block in known])
    later = np.greater.outer(x, x)
    slopes = np.subtract.outer(y, y)[later] / np.subtract.outer(x, x)[later]
    line = (float(np.median(slopes)) if len(slopes) else 0.0) * np.arange(len(values), dtype=float)
    return line + (float(middle(values - line)) if known else 0.0)
