"""How surprising is each point of a series, given all the others? What `anomalies` flags by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_baseline import Baseline, fit_baseline
from analytics_lib.statistics.anomaly_breaks import piecewise_spread, spread_changes
from analytics_lib.statistics.anomaly_counts import Counts, are_small_counts, fit_counts
from analytics_lib.statistics.anomaly_power import Power, choose_power
from analytics_lib.statistics.anomaly_reasons import flatlines, shift_reason, spread_reason, still_runs
from analytics_lib.statistics.anomaly_season import candidate_periods, days_without_weeks
from analytics_lib.statistics.anomaly_tails import FEWEST, Tails, fit_tails
from analytics_lib.statistics.series import EvenSeries

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

_ROUNDS: Final = 3
_LEFT_OUT: Final = 3.3
"""Surprise from which a point no longer speaks for the others; the same for every `per_1000`."""
_MOVING: Final = 0.1
"""Share of a series that must move for its silences to be left out of what says how it varies."""
_CERTAIN: Final = 9.0
"""Surprise of what can't be chance."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One expectation and one surprise per point; cutoffs and bands for any promised rate."""

    expected: Floats
    surprise: Floats
    """Minus the decimal logarithm of the share of ordinary points at least as surprising; NaN = unknown."""
    baseline: Baseline
    power: Power
    tails: Tails | None
    counts: Counts | None
    named: dict[int, str]
    """Reasons of points that are more than a single deviation: where a level or a spread changes, flatlines."""

    def flagged(self, chance: float) -> Flags:
        """Tell which points are rarer than `chance`."""
        cutoff = -np.log10(chance) if self.counts is None else self.counts.cutoff(chance)
        return np.nan_to_num(self.surprise, nan=-1.0) >= cutoff

    def band(self, chance: float) -> tuple[Floats, Floats]:
        """Give the lowest and highest value at each point that is not flagged at `chance`."""
        if self.counts is not None:
            return self.counts.limits(chance)
        if self.tails is None:
            unknown = np.full(len(self.expected), np.nan)
            return unknown, unknown
        low, high = self.tails.limits(chance)
        base = self.baseline
        return self.power.back(base.expected + low * base.scale), self.power.back(base.expected + high * base.scale)


def judge(series: EvenSeries) -> Judgement | None:
    """Judge every point of a series; None when there is too little to judge by."""
    if series.observed < FEWEST or np.nanmin(series.values) == np.nanmax(series.values):
        return None
    periods = candidate_periods(series.step_seconds, len(series))
    small = series.kind == "count" and are_small_counts(series.values)
    days = days_without_weeks(series.step_seconds, len(series))
    if small:
        judgement: Judgement | None = _judge_counts(series.values, periods)
    else:
        judgement = _judge_values(series.values, periods, series.kind, days)
    return None if judgement is None else _with_names(judgement, series.values)


def _judge_values(values: Floats, periods: tuple[int, ...], kind: str, days: int) -> Judgement | None:
    flat, quiet = _still(values)
    power = choose_power(np.where(flat, np.nan, values), periods, kind)
    scaled = power.forward(values)
    left_out = flat
    for _ in range(_ROUNDS):
        baseline = fit_baseline(scaled, periods, left_out, days=days)
        residuals = (scaled - baseline.expected) / baseline.scale
        changes = spread_changes(np.where(left_out | quiet | baseline.burst, np.nan, residuals))
        own = piecewise_spread(residuals, changes)
        tails = fit_tails(np.where(flat | quiet | baseline.burst, np.nan, residuals / own))
        if tails is None:
            return _explained(values, residuals, baseline, power)
        surprise = tails.surprise(residuals / own)
        again = flat | (np.nan_to_num(surprise) >= _LEFT_OUT)
        if (again == left_out).all():
            break
        left_out = again
    baseline = replace(baseline, scale=baseline.scale * own, changes=changes)
    return Judgement(power.back(baseline.expected), surprise, baseline, power, tails, None, {})


def _explained(values: Floats, residuals: Floats, baseline: Baseline, power: Power) -> Judgement | None:
    """Judge a series of which nothing is left to explain, such as one step from one constant to another."""
    left = residuals[np.isfinite(residuals)]
    if len(left) < FEWEST or np.ptp(left) > 0:
        return None
    surprise = np.where(np.isfinite(values), 0.0, np.nan)
    return Judgement(power.back(baseline.expected), surprise, baseline, power, None, None, {})


def _still(values: Floats) -> tuple[Flags, Flags]:
    """Mark flatlines, such as the days before the first event, and silent nights: they tell nothing of the spread.

    Silent nights speak for other nights, flatlines for nobody. Neither is left out where too little else is there.
    """
    unusual, usual = (_marked(runs, len(values)) for runs in still_runs(values))
    flat = unusual if unusual.sum() * 2 < len(values) else np.zeros_like(unusual)
    moving = len(values) - int((flat | usual).sum())
    return flat, usual if moving >= max(FEWEST, _MOVING * len(values)) else np.zeros_like(usual)


def _marked(runs: list[tuple[int, int]], length: int) -> Flags:
    marked = np.zeros(length, bool)
    for first, last in runs:
        marked[first:last] = True
    return marked


def _judge_counts(values: Floats, periods: tuple[int, ...]) -> Judgement:
    left_out = np.zeros(len(values), bool)
    for _ in range(_ROUNDS):
        baseline = fit_baseline(values, periods, left_out, means=True)
        counts = fit_counts(values, baseline.expected, left_out | baseline.burst)
        surprise = counts.surprise(values)
        again = np.nan_to_num(surprise) >= _LEFT_OUT
        if (again == left_out).all():
            break
        left_out = again
    return Judgement(counts.expected, surprise, baseline, Power(1.0), None, counts, {})


def _with_names(judgement: Judgement, values: Floats) -> Judgement:
    """Add what is more than a single deviation: it is surprising by itself, whatever the value at that point."""
    surprise, named = judgement.surprise.copy(), {}
    for change in judgement.baseline.changes:
        named[_known_from(values, change.place)] = (spread_reason(change), _surprise_of(change.deviate))
    for shift in judgement.baseline.shifts:
        named[_known_from(values, shift.place)] = (shift_reason(values, shift), _surprise_of(shift.deviate))
    for first, last in flatlines(values):
        words = (f"flatline: {last - first:,} equal values in a row", _CERTAIN)
        named.update(dict.fromkeys(range(first + 1, last), words))
    for place, (_, rarity) in named.items():
        surprise[place] = max(np.nan_to_num(surprise[place]), rarity)
    return replace(judgement, surprise=surprise, named={place: words for place, (words, _) in named.items()})


def _known_from(values: Floats, place: int) -> int:
    later = np.flatnonzero(np.isfinite(values[place:]))
    return place + int(later[0]) if len(later) else place


def _surprise_of(deviate: float) -> float:
    return deviate * deviate / (2 * np.log(10.0))
