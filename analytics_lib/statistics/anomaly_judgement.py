"""How surprising is each point of a series, given all the others? What `anomalies` flags by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analytics_lib.statistics.anomaly_baseline import Baseline, fit_baseline
from analytics_lib.statistics.anomaly_counts import Counts, are_small_counts, fit_counts
from analytics_lib.statistics.anomaly_power import Power, choose_power
from analytics_lib.statistics.anomaly_season import candidate_periods
from analytics_lib.statistics.anomaly_tails import FEWEST, Tails, fit_tails
from analytics_lib.statistics.series import EvenSeries

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

_ROUNDS: Final = 3
_LEFT_OUT: Final = 3.3
"""Surprise from which a point no longer speaks for the others; the same for every `per_1000`."""


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
    if series.kind == "count" and are_small_counts(series.values):
        return _judge_counts(series.values, periods)
    return _judge_values(series.values, periods, series.kind)


def _judge_values(values: Floats, periods: tuple[int, ...], kind: str) -> Judgement | None:
    power = choose_power(values, periods, kind)
    scaled = power.forward(values)
    left_out = np.zeros(len(values), bool)
    for _ in range(_ROUNDS):
        baseline = fit_baseline(scaled, periods, left_out)
        residuals = (scaled - baseline.expected) / baseline.scale
        tails = fit_tails(residuals)
        if tails is None:
            return None
        surprise = tails.surprise(residuals)
        again = np.nan_to_num(surprise) >= _LEFT_OUT
        if (again == left_out).all():
            break
        left_out = again
    return Judgement(power.back(baseline.expected), surprise, baseline, power, tails, None)


def _judge_counts(values: Floats, periods: tuple[int, ...]) -> Judgement:
    left_out = np.zeros(len(values), bool)
    for _ in range(_ROUNDS):
        baseline = fit_baseline(values, periods, left_out, means=True)
        counts = fit_counts(values, baseline.expected, left_out)
        surprise = counts.surprise(values)
        again = np.nan_to_num(surprise) >= _LEFT_OUT
        if (again == left_out).all():
            break
        left_out = again
    return Judgement(counts.expected, surprise, baseline, Power(1.0), None, counts)
