"""The season at each point as the other cycles tell it, the point's own cycle left out."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]

_CYCLES: Final = 28
"""Other cycles that speak for a point; more would not follow a season that changes."""
_FEWEST_CYCLES: Final = 4
_FEWEST_FURTHER: Final = 3
"""The same for a season beside a shorter one: a week left in the noise of three weeks flags weekends."""
_FAINT: Final = 0.3
"""A season whose phases differ by chance for more than 1 - 0.3 of their variance is left in the noise."""
_TRIM: Final = 0.15
"""Share of the other cycles left out at each end, so that anomalies in some of them don't speak."""
_BLOCK: Final = 20_000
"""Points whose other cycles are laid side by side at once: what a processor's cache holds."""
_DAY: Final = 86_400.0


def candidate_periods(step_seconds: float, length: int) -> tuple[int, ...]:
    """Give the seasons, in steps, that days, weeks and years suggest and the length allows.

    Examples
    --------
    >>> candidate_periods(3600.0, 672), candidate_periods(86_400.0, 200)
    ((24, 168), (7,))
    """
    if not np.isfinite(step_seconds) or step_seconds <= 0:
        return ()
    wanted = (_DAY, 7 * _DAY) if step_seconds < 6 * _DAY else (365.2425 * _DAY,)
    steps = [length_seconds / step_seconds for length_seconds in wanted]
    whole = [round(count) for count in steps if abs(count - round(count)) < 0.02 * count and round(count) > 1]
    fewest = dict.fromkeys(whole, _FEWEST_FURTHER) | {min(whole, default=0): _FEWEST_CYCLES}
    return tuple(count for count in whole if count <= length / fewest[count])


def days_without_weeks(step_seconds: float, length: int) -> int:
    """Give the steps of a day where the length holds two weeks and not yet three: too few for a week's season. Else 0.

    Examples
    --------
    >>> days_without_weeks(3600.0, 336), days_without_weeks(3600.0, 504), days_without_weeks(86_400.0, 336)
    (24, 0, 0)
    """
    day = next(iter(candidate_periods(step_seconds, length)), 0)
    is_day = day > 0 and abs(day * step_seconds - _DAY) < 0.02 * _DAY
    return day if is_day and 14 * day <= length < 7 * _FEWEST_FURTHER * day else 0


def take_days(voices: Floats, day: int) -> Floats | None:
    """Give the level of each day around 0, or None where days differ no more than by chance.

    It stands in for the season of a week while there are too few weeks: a weekend left in the noise flags itself. A
    level is believed as far as the same weekday of another week has it too, so that a day out of line stays one.
    """
    rows = np.arange(len(voices)) // day
    days = np.split(voices, np.flatnonzero(np.diff(rows)) + 1)
    levels = np.array([np.nanmedian(one) if np.isfinite(one).sum() > day / 2 else 0.0 for one in days])
    levels -= np.median(levels)
    places = np.arange(len(levels))
    mates = levels[np.where(places < 7, places + 7, places - 7)]
    agreed = np.where(levels * mates > 0, np.sign(levels) * np.minimum(np.abs(levels), np.abs(mates)), 0.0)
    chance = 1.57 * spread(voices - levels[rows]) ** 2 / day
    share = 1.0 - chance / max(float(np.mean(agreed**2)), 1e-300)
    return agreed[rows] * share if share > _FAINT else None


def take_season(voices: Floats, period: int, *, means: bool = False) -> Floats | None:
    """Give the season of `period` steps at each point, or None where phases differ no more than by chance.

    Parameters
    ----------
    voices
        One value per step, NaN where unknown or not to be heard.
    period
        Steps in a cycle.
    means
        Trim nothing; small counts have too few distinct values for that.

    Returns
    -------
    array or None
        The trimmed mean of the same phase in up to 28 other cycles, around 0, shrunk by the share of its variance that
        chance explains (empirical Bayes).
    """
    detrended = clip(voices - moving_level(clip(voices), period))
    middle, counts = _of_other_cycles(detrended, period, 0.0 if means else _TRIM)
    noise = float(np.nanvar(detrended - middle)) if means else spread(detrended - middle) ** 2
    doubt = np.where(means, 1.0, np.where(counts < 8, 1.57, 1.1)) / counts
    chance = noise * float(np.mean(doubt))
    centred = middle - (np.nanmean(middle) if means else np.nanmedian(middle))
    variance = float(np.nanmean(centred**2))
    share = 1.0 - chance / variance if variance > 0 else 0.0
    return np.nan_to_num(centred * share) if share > _FAINT else None


def _of_other_cycles(values: Floats, period: int, trim: float) -> tuple[Floats, Counts]:
    """Give, per point, the trimmed mean of the same phase in the nearest other cycles, and how many spoke.

    Phases come in blocks: 28 cycles side by side, and sorted, are many times the series.
    """
    cycles = -(-len(values) // period)
    padded = np.full(cycles * period, np.nan)
    padded[: len(values)] = values
    table = padded.reshape(cycles, period)
    middle, counts = np.empty_like(table), np.empty(table.shape, np.int64)
    for phases in np.array_split(np.arange(period), min(len(padded) // _BLOCK + 1, period)):
        block = _other_cycles(table[:, phases])
        means, known = _trimmed_mean(block.reshape(len(block), -1), trim)
        middle[:, phases], counts[:, phases] = means.reshape(cycles, -1), known.reshape(cycles, -1)
    return middle.reshape(-1)[: len(values)], np.maximum(counts.reshape(-1)[: len(values)], 1)


def _other_cycles(table: Floats) -> Floats:
    """Give what the nearest other cycles hold; from (cycles, phases) to (voices, cycles, phases)."""
    cycles = len(table)
    reach = min(cycles - 1, _CYCLES)
    places = np.arange(cycles)
    first = np.clip(places - reach // 2, 0, cycles - 1 - reach)
    others = np.array([table[first + offset] for offset in range(reach + 1)])
    others[places - first, places] = np.nan
    return others


def _trimmed_mean(table: Floats, share: float) -> tuple[Floats, Counts]:
    """Give the mean of each column without `share` of its known values at each end, and how many are known.

    Fewer than eight values give their median, unless nothing is to be trimmed; NaN where nothing is known.
    """
    ordered = np.sort(table, axis=0)  # what is not known comes last
    counts = np.isfinite(table).sum(axis=0)
    cut = np.where(counts < 8, (counts - 1) // 2, (share * counts).astype(int)) if share > 0 else np.zeros_like(counts)
    first, last = np.maximum(cut, 0), counts - np.maximum(cut, 0)
    sums = np.vstack([np.zeros(table.shape[1]), np.cumsum(np.nan_to_num(ordered), axis=0)])
    columns = np.arange(table.shape[1])
    total = sums[last, columns] - sums[first, columns]
    return np.where(counts > 0, total / np.maximum(last - first, 1), np.nan), counts


def moving_level(values: Floats, window: int) -> Floats:
    """Give the mean of the known values in the window around each point; near the ends the window is moved in."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    size = min(window, len(values))
    first = np.clip(np.arange(len(values)) - size // 2, 0, len(values) - size)
    total, count = sums[first + size] - sums[first], counts[first + size] - counts[first]
    overall = sums[-1] / max(int(counts[-1]), 1)
    return np.where(count > 0, total / np.maximum(count, 1), overall)


def clip(values: Floats, reach: float = 4.0) -> Floats:
    """Pull values further than `reach` robust standard deviations from the median in to there."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return values
    middle, size = float(np.median(known)), spread(values)
    if size == 0:
        return values
    return np.clip(values, middle - reach * size, middle + reach * size)


def spread(values: Floats) -> float:
    """Give a robust standard deviation: the middle 80 % of the known values, on the normal scale; 0 for none.

    Its ends are values that occur: between 0 and 1 event there is nothing, and next to nothing is no spread.
    """
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return 0.0
    low, high = (_closest(len(known), share) for share in (0.1, 0.9))
    known.partition([low, high])
    return float(known[high] - known[low]) / 2.5631031310892007


def _closest(count: int, share: float) -> int:
    """Give the place of a quantile among sorted values: the closest observation, of two the even one, as numpy does."""
    place = share * count - 1.5
    lower = math.floor(place)
    return max(lower if place == lower and lower % 2 == 1 else lower + 1, 0)
