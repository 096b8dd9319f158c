"""From a series to its changes: season out, search, exact places, and the values on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from analytics_lib.statistics.changepoint_noise import Floats, Integers, innovation_rows, mostly_one_value
from analytics_lib.statistics.changepoint_place import change_gains
from analytics_lib.statistics.changepoint_search import (
    SHORTEST,
    Segmentation,
    best_segmentation,
    redness_of,
    settled,
)
from analytics_lib.statistics.changepoint_spread import spread_changes
from analytics_lib.statistics.seasonality import centred_average, find_periods, phase_means

FEWEST: Final = 10
"""Known values below which no change is looked for."""

_MOST_STEPS: Final = 1000  # searched at once; longer series are searched in blocks, then placed exactly
_FAR: Final = 3.0
"""Robust deviations beyond which a value turns no line."""
_TURNS: Final = 5
_MARGIN: Final = 4  # observations a change may be moved when it is placed exactly


@dataclass(frozen=True, slots=True)
class Change:
    """One change."""

    position: int
    """Place on the even grid of the first observation of the new regime."""
    kind: str
    """``"mean"``, ``"trend"`` or ``"variance"``."""
    before: float
    """Level, slope per step, or standard deviation before."""
    after: float
    """The same after."""
    p_value: float
    """How often the reddest noise shows as much evidence somewhere."""


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes of a series and what they explain."""

    found: tuple[Change, ...]
    """In the order of time."""
    fitted: Floats
    """Level or line of each stretch, shape (n,)."""
    periods: tuple[int, ...]
    """Seasons that were taken out first, in steps."""


def find_changes(values: Floats, *, step_seconds: float, error_rate: float) -> Changes:
    """Find the changes of mean, trend and variance.

    Parameters
    ----------
    values
        One per step of the even grid, NaN for gaps, shape (n,).
    step_seconds
        Seconds per step; helps to recognise seasons.
    error_rate
        How often chance alone may show a change somewhere.
    """
    unchanged = Changes((), np.full(len(values), np.nan), ())
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < FEWEST:
        return unchanged
    level, periods = _without_season(values, step_seconds)
    if not np.ptp(level[known]) > 0:
        return Changes((), np.where(np.isfinite(values), level, np.nan), periods)
    stretches, p_values = _stretches(level, error_rate)
    fitted = _fitted(level, stretches)
    changes = _described(level, fitted, stretches, p_values)
    noise = _noise(level, _middle(level, fitted, stretches), known)
    if noise.std() < 1e-9 * np.abs(level[known]).max():  # rounding, not noise
        noise = np.zeros(len(known))
    louder, rare = spread_changes(noise, known, error_rate / 2)
    changes += _spread_described(noise, known, (louder.starts, rare), stretches.starts)
    return Changes(tuple(sorted(changes, key=lambda change: change.position)), fitted, periods)


def _without_season(values: Floats, step_seconds: float) -> tuple[Floats, tuple[int, ...]]:
    periods = tuple(period.steps for period in find_periods(values, step_seconds=step_seconds))
    for period in periods:
        values = values - phase_means(values - centred_average(values, period), period)
    return values, periods


def _stretches(level: Floats, error_rate: float) -> tuple[Segmentation, Floats]:
    """Search, in blocks when the series is long; give exact places on the grid and the p-value of each."""
    block = -(-len(level) // _MOST_STEPS)
    means = level if block == 1 else _block_means(level, block)
    known = np.flatnonzero(np.isfinite(means))
    if len(known) < FEWEST:
        return Segmentation((), sloped=True), np.empty(0)
    rows = innovation_rows(means[known], known)
    found, p_values = settled(rows, best_segmentation(rows, error_rate), error_rate)
    rough = [int(known[start]) * block for start in found.starts]
    redness = redness_of(rows, found) if block == 1 else None
    return Segmentation(tuple(_placed(level, rough, block, redness, sloped=found.sloped)), found.sloped), p_values


def _block_means(level: Floats, block: int) -> Floats:
    padded = np.concatenate([level, np.full(-len(level) % block, np.nan)]).reshape(-1, block)
    counts = np.isfinite(padded).sum(axis=1)
    return np.divide(np.nansum(padded, axis=1), counts, out=np.full(len(counts), np.nan), where=counts > 0)


def _placed(level: Floats, rough: Sequence[int], block: int, redness: float | None, *, sloped: bool) -> list[int]:
    """Move each change to the observation that explains most, its neighbours staying where they are."""
    places = list(rough)
    for number, place in enumerate(places):
        first = places[number - 1] if number else 0
        last = places[number + 1] if number + 1 < len(places) else len(level)
        reach = _MARGIN if block == 1 else 2 * block
        if block > 1:
            first, last = max(first, place - 6 * block), min(last, place + 6 * block)
        known = first + np.flatnonzero(np.isfinite(level[first:last]))
        near = np.flatnonzero(np.abs(known - place) <= reach)
        near = near[(near >= SHORTEST - 1) & (near <= len(known) - SHORTEST + 1)]
        if len(near):
            gains = change_gains(level[known], near, _redness(level, known, near, redness), sloped=sloped)
            places[number] = int(known[near[int(np.argmax(gains.both if sloped else gains.jump))]])
    return places


def _redness(level: Floats, known: Integers, near: Integers, redness: float | None) -> float:
    if redness is not None:
        return redness
    rows = innovation_rows(level[known], known)
    middle = int(np.clip(near[len(near) // 2], SHORTEST, len(known) - SHORTEST))
    return redness_of(rows, Segmentation((middle,), sloped=True))


def _lines(level: Floats, stretches: Segmentation) -> list[tuple[int, int, float, float]]:
    """Give first, last, level at the first step and slope per step of each stretch."""
    edges = [0, *stretches.starts, len(level)]
    lines = []
    for first, last in pairwise(edges):
        known = np.flatnonzero(np.isfinite(level[first:last]))
        values = level[first:last][known]
        if stretches.sloped and len(known) > 2:
            slope, start = np.polyfit(known, values, 1)
        else:
            slope, start = 0.0, float(values.mean()) if len(values) else np.nan
        lines.append((first, last, float(start), float(slope)))
    return lines


def _fitted(level: Floats, stretches: Segmentation) -> Floats:
    parts = [start + slope * np.arange(last - first) for first, last, start, slope in _lines(level, stretches)]
    return np.concatenate(parts)


def _described(level: Floats, fitted: Floats, stretches: Segmentation, p_values: Floats) -> list[Change]:
    """Name each change by what explains it better, and give the values on both sides."""
    lines = _lines(level, stretches)
    changes = []
    for number, place in enumerate(stretches.starts):
        (first, _, start, slope), (_, last, after, later_slope) = lines[number], lines[number + 1]
        bends = stretches.sloped and _bends(level[first:last], place - first)
        before = start + slope * (place - first)
        pair = (slope, later_slope) if bends else (before, after)
        changes.append(Change(place, "trend" if bends else "mean", *pair, float(p_values[number])))
    return changes


def _bends(level: Floats, place: int) -> bool:
    known = np.flatnonzero(np.isfinite(level))
    at = np.array([int(np.searchsorted(known, place))])
    rows = innovation_rows(level[known], known)
    redness = redness_of(rows, Segmentation((int(at[0]),), sloped=True))
    gains = change_gains(level[known], at, redness, sloped=True)
    return bool(gains.bend[0] > gains.jump[0])


def _middle(level: Floats, fitted: Floats, stretches: Segmentation) -> Floats:
    """Give what noise is measured from: the line of each stretch, or the one value that the stretch mostly has.

    A line that passes that value at a slant would make noise of nothing; and so would one that a few far values turn,
    which therefore count as much as values 3 robust deviations away.
    """
    middle = fitted.copy()
    for first, last in pairwise([0, *stretches.starts, len(level)]):
        known = np.flatnonzero(np.isfinite(level[first:last]))
        seen = level[first:last][known]
        if len(seen) and mostly_one_value(seen):
            middle[first:last] = np.median(seen)
        elif len(seen) > 2:
            middle[first:last] = _steady_line(seen, known, last - first, sloped=stretches.sloped)
    return middle


def _steady_line(seen: Floats, known: Integers, length: int, *, sloped: bool) -> Floats:
    line: Floats = np.full(len(seen), np.median(seen))
    coefficients: Floats = np.asarray([line[0]])
    for _ in range(_TURNS):
        drawn = line + _drawn_in(seen - line)
        coefficients = np.polyfit(known, drawn, int(sloped))
        line = np.asarray(np.polyval(coefficients, known), dtype=float)
    return np.asarray(np.polyval(coefficients, np.arange(length)))


def _drawn_in(left: Floats) -> Floats:
    """Draw far values in to 3 robust deviations."""
    most = _FAR * 1.4826 * float(np.median(np.abs(left)))
    return np.clip(left, -most, most) if most > 0 else left


def _noise(level: Floats, middle: Floats, known: Integers) -> Floats:
    """Give what neither the stretches nor the value before explain."""
    left = (level - middle)[known]
    follows = np.diff(known) == 1
    drawn = _drawn_in(left)
    pairs = (drawn[1:] * drawn[:-1])[follows].sum() / max(float((drawn[:-1] ** 2)[follows].sum()), 1e-300)
    noise = left.copy()
    noise[1:] -= np.where(follows, np.clip(pairs, 0.0, 0.99), 0.0) * drawn[:-1]
    return noise


def _spread_described(
    noise: Floats, known: Integers, louder: tuple[tuple[int, ...], Floats], taken: Sequence[int]
) -> list[Change]:
    """Give changes of the variance; one beside another change is put at the same place."""
    starts, p_values = louder
    edges = [0, *starts, len(noise)]
    changes = []
    for number, start in enumerate(starts):
        before, after = noise[edges[number] : start], noise[start : edges[number + 2]]
        place = int(known[start])
        near = [other for other in taken if abs(other - place) <= SHORTEST]
        sizes = float(before.std()), float(after.std())
        changes.append(Change(near[0] if near else place, "variance", *sizes, float(p_values[number])))
    return changes
