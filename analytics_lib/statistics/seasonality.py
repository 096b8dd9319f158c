"""Whether a series repeats itself, how often, and how strongly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib.results import Result
from analytics_lib.statistics.comb import CYCLES, comb_evidence, whitened
from analytics_lib.statistics.series import AnySeries, read_series

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

SIGNIFICANT: Final = 0.02
"""Largest p-value, over all periods tried, at which a period is named."""

MOST_PERIODS: Final = 3
"""Periods named at most."""

FEWEST: Final = 12
"""Known values without which no season is looked for."""

_MOST_STEPS: Final = 20_000  # searched at once; longer series are searched again in blocks of their longest period
_QUICKLY_SLID: Final = 20_000_000  # products of a moving average; beyond, running sums take over
_NATURAL_SECONDS: Final = (3600, 86_400, 604_800, 365.2425 * 86_400)  # hour, day, week, year: tried first


@dataclass(frozen=True, slots=True)
class Period:
    """One season that was found."""

    steps: int
    """Its length in steps of the grid."""
    strength: float
    """Share of the variance around the trend that the season explains, 0 to 1."""
    p_value: float
    """Probability of looking this periodic by chance, over all periods tried."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SeasonalityResult(Result):
    """The seasons of a series; no row when none is significant."""

    key_columns: tuple[str, ...] = ("period_steps",)
    title = "Seasonality"

    def plot(self) -> Chart:
        """Draw the strength of each season."""
        from analytics_lib.charts.bars import draw_bars
        from analytics_lib.charts.chart import empty_chart
        from analytics_lib.display import format_duration

        if self.frame.empty:
            return empty_chart(self.title, "No period is significant")
        names = [format_duration(seconds) for seconds in self.frame["period_seconds"]]
        shown = self.frame.assign(period=pd.Series(names, dtype="str"))
        return draw_bars(shown, x="period", y="strength", title=self.title, value_format="percent")


def seasonality(series: AnySeries) -> SeasonalityResult:
    """Find the periods with which a series repeats itself.

    Parameters
    ----------
    series
        Columns `time` and `value` (see :func:`~analytics_lib.statistics.series.read_series`). Gaps stay gaps.

    Returns
    -------
    SeasonalityResult
        One row per season: `period_steps`, `period_seconds`, `strength` (share of the variance around the trend that
        the season explains, in [0, 1]), `p_value` (over all periods tried); strongest evidence first, a season inside
        another (a day inside a week) before it. No row when nothing is significant at 2 %.
        A period needs three full cycles, and a series at least 12 known values.

    Notes
    -----
    Each period is a comb of frequencies whose power is compared with that of the frequencies beside them, so red
    noise, random walks and quasi-cycles are not taken for seasons. Hours, days, weeks and years get half of the error
    rate, all other lengths the other half. After a season is found it is removed and the rest is searched again.

    References
    ----------
    R. J. Hyndman, G. Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., section 4.3 (strength).
    M. Vlachos, P. Yu, V. Castelli (2005), On periodicity detection and structural periodic similarity.

    Examples
    --------
    >>> from analytics_lib.statistics.calibration import nulls
    >>> made = nulls.hourly(nulls.season(480, 24) + nulls.noise(1, 480))
    >>> seasonality(made).to_frame()["period_steps"].tolist()
    [24]
    """
    read = read_series(series, analysis="seasonality")
    found = find_periods(read.values, step_seconds=read.step_seconds)
    rows = {
        "period_steps": np.array([period.steps for period in found], dtype=np.int64),
        "period_seconds": np.array([period.steps * read.step_seconds for period in found], dtype=float),
        "strength": np.array([period.strength for period in found], dtype=float),
        "p_value": np.array([period.p_value for period in found], dtype=float),
    }
    notes = (
        read.notes
        if read.observed >= FEWEST
        else (*read.notes, f"Fewer than {FEWEST} known values: no season can be seen.")
    )
    definition = (
        "Strength is the share of the variance around the trend that the season explains. The p-value is the chance of "
        "such regularity in smooth (white, red, wandering) noise, over all periods tried; periods are named below "
        f"{SIGNIFICANT:g}."
    )
    return SeasonalityResult(frame=pd.DataFrame(rows), definition=definition, provenance=read.provenance, notes=notes)


def find_periods(values: Floats, *, step_seconds: float = float("nan"), most: int = MOST_PERIODS) -> tuple[Period, ...]:
    """Find seasons in values one step apart; NaN are gaps.

    Parameters
    ----------
    values
        Floats, shape (n,).
    step_seconds
        Seconds per step; known lengths (an hour, a day, a week, a year) are then tried first.
    most
        Seasons at most.
    """
    if len(values) <= _MOST_STEPS:
        return _remembered(np.ascontiguousarray(values, dtype=float).tobytes(), step_seconds)[:most]
    found = _search(values[-_MOST_STEPS:], step_seconds, most)
    block = max([period.steps for period in found] + [-(-len(values) // _MOST_STEPS)])
    longer = _search(_averaged(values, block), step_seconds * block, most - len(found))
    return found + tuple(Period(period.steps * block, period.strength, period.p_value) for period in longer)


@lru_cache(maxsize=32)
def _remembered(values: bytes, step_seconds: float) -> tuple[Period, ...]:
    """Search once for all the parts of a report: trend, seasons, decomposition and the rest ask for the same."""
    return _search(np.frombuffer(values, dtype=float), step_seconds, MOST_PERIODS)


def _search(values: Floats, step_seconds: float, most: int) -> tuple[Period, ...]:
    """Find the strongest season, take it out, look again."""
    found: list[Period] = []
    if np.isfinite(values).sum() < FEWEST:
        return ()
    left = without_line(values)
    if not np.nanmax(np.abs(left)) > 1e-12 * np.nanmax(np.abs(values)):
        return ()  # a constant or a straight line, but for rounding
    left = np.ldexp(left, -np.frexp(np.nanmax(np.abs(left)))[1])  # no square may overflow
    while len(found) < most:
        best = _strongest(left, step_seconds, tuple(period.steps for period in found))
        if best is None:
            break
        steps, p_value = best
        found.append(Period(steps, strength(left, steps), p_value))
        left = left - phase_means(left, steps)
    return tuple(found)


def _averaged(values: Floats, block: int) -> Floats:
    """Average the newest whole blocks, so that the season of one block is gone."""
    parts = values[len(values) % block :].reshape(-1, block)
    known = np.isfinite(parts).sum(axis=1)
    sums = np.nansum(parts, axis=1)
    return np.divide(sums, known, out=np.full(len(parts), np.nan), where=known > block / 2)


def _strongest(values: Floats, step_seconds: float, before: tuple[int, ...]) -> tuple[int, float] | None:
    """Name the period with the strongest evidence and its p-value, or None."""
    periods = np.arange(2, len(values) // CYCLES + 1)
    periods = periods[~_harmonic(periods, before)]
    if len(periods) == 0 or not np.nanmax(values) > np.nanmin(values):
        return None
    natural = np.isin(periods, _natural_steps(step_seconds))
    charge = np.where(natural, np.log(2 * max(1, natural.sum())), np.log(2 * len(periods)))
    innovations = whitened(values)
    evidence = comb_evidence(innovations, periods, before) - charge
    best = int(np.argmax(evidence))
    if evidence[best] <= -np.log(SIGNIFICANT):
        return None
    best = _outer(innovations, periods, evidence, natural, best)
    best = _inner(values, periods, evidence, natural, best)
    chosen = _clearest(values, periods, evidence, _simplest(innovations, periods, evidence, best))
    return int(periods[chosen]), float(np.exp(-evidence[chosen]))


def _natural_steps(step_seconds: float) -> Integers:
    if not np.isfinite(step_seconds):
        return np.empty(0, np.int64)
    return np.round(np.array(_NATURAL_SECONDS) / step_seconds).astype(np.int64)


def _harmonic(periods: Integers, before: tuple[int, ...]) -> Flags:
    """Mark parts of seasons that were found already; they are in those."""
    part = np.zeros(len(periods), dtype=bool)
    for period in before:
        times = period / periods
        part |= (times > 0.97) & (np.abs(times - np.round(times)) < 0.03)
    return part


def _outer(values: Floats, periods: Integers, evidence: Floats, natural: Flags, best: int) -> int:
    """Prefer a natural season (the week) to its loudest harmonic (a third of a week) when the rest of it shows too."""
    times = periods / periods[best]
    around = natural & (times > 1.5) & (np.abs(times - np.round(times)) < 0.01) & (evidence > -np.log(SIGNIFICANT))
    for place in np.flatnonzero(around & ~natural[best]):
        if _adds(values, int(periods[best]), int(periods[place])):
            return int(place)
    return best


def _simplest(innovations: Floats, periods: Integers, evidence: Floats, best: int) -> int:
    """Prefer a part of the season when the whole adds nothing to it: two days that are alike are one day."""
    times = periods[best] / periods
    parts = (times > 1.5) & (np.abs(times - np.round(times)) < 0.05) & (evidence > -np.log(SIGNIFICANT))
    alike = [
        place for place in np.flatnonzero(parts) if not _adds(innovations, int(periods[place]), int(periods[best]))
    ]
    return int(max(alike, key=lambda place: float(evidence[place]), default=best))


def _clearest(values: Floats, periods: Integers, evidence: Floats, best: int) -> int:
    """Choose among lengths that the frequencies can't tell apart the one that explains most."""
    near = (np.abs(periods - periods[best]) <= 0.03 * periods[best]) & (evidence > evidence[best] - 1)
    explained = {
        int(place): float(np.nanvar(phase_means(values, int(periods[place])))) for place in np.flatnonzero(near)
    }
    return max(explained, key=explained.__getitem__)


def _adds(innovations: Floats, short: int, long: int) -> bool:
    """Test whether the longer season explains more than the shorter one inside it (analysis of variance)."""
    from scipy.special import fdtrc

    less, more = (float(np.nansum(phase_means(innovations, period) ** 2)) for period in (short, long))
    freedom = int(np.isfinite(innovations).sum()) - long
    noise = (float(np.nansum((innovations - np.nanmean(innovations)) ** 2)) - more) / max(freedom, 1)
    ratio = (more - less) / (long - short) / max(noise, 1e-300)
    return freedom > 0 and float(fdtrc(long - short, freedom, max(ratio, 0))) < 0.001


def _inner(values: Floats, periods: Integers, evidence: Floats, natural: Flags, best: int) -> int:
    """Prefer a natural season inside the best one (the day in the week) when it explains at least a quarter as much."""
    times = periods[best] / periods
    inside = natural & (times > 1.5) & (np.abs(times - np.round(times)) < 0.02) & (evidence > -np.log(SIGNIFICANT))
    explained = float(np.nanvar(phase_means(values, int(periods[best]))))
    worthy = [
        place
        for place in np.flatnonzero(inside)
        if np.nanvar(phase_means(values, int(periods[place]))) >= explained / 4
    ]
    return int(max(worthy, key=lambda place: float(evidence[place]), default=best))


def phase_means(values: Floats, period: int) -> Floats:
    """Give for each step the mean of all known values at the same place in the period, minus their mean."""
    phases = np.arange(len(values)) % period
    known = np.isfinite(values)
    counts = np.bincount(phases[known], minlength=period)
    sums = np.bincount(phases[known], weights=values[known], minlength=period)
    means = np.divide(sums, counts, out=np.zeros(period), where=counts > 0)
    return (means - means[counts > 0].mean())[phases]


def strength(values: Floats, period: int) -> float:
    """Give the share of the variance around a moving average that a season of this length explains, 0 to 1."""
    around = values - centred_average(values, period)
    together = float(np.nanvar(around))
    left = float(np.nanvar(around - phase_means(around, period)))
    return float(np.clip(1 - left / together, 0, 1)) if together > 0 else 0.0


def centred_average(values: Floats, period: int) -> Floats:
    """Give the mean of one whole period around each step (half weights at the ends when it is even); gaps left out.

    At both ends of the series the average is that of the last full period.
    """
    half = period // 2
    kernel = np.ones(2 * half + 1)
    if period % 2 == 0:
        kernel[0] = kernel[-1] = 0.5
    known = np.isfinite(values)
    middle = float(values[known].mean()) if known.any() else 0.0  # so that long sums stay small
    sums = _slid(np.where(known, values - middle, 0.0), kernel)
    counts = _slid(known.astype(float), kernel)
    sums = sums + middle * counts
    inner = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return np.concatenate([np.full(half, inner[0]), inner, np.full(half, inner[-1])])


def _slid(values: Floats, kernel: Floats) -> Floats:
    """Slide a kernel that is even but for its ends along values; by running sums where the product would take long."""
    if len(values) * len(kernel) < _QUICKLY_SLID:
        return np.convolve(values, kernel, "valid")
    sums = np.concatenate([[0.0], np.cumsum(values)])
    whole = sums[len(kernel) :] - sums[: -len(kernel)]
    ends = values[: len(whole)] + values[len(kernel) - 1 :]
    return whole - (1 - float(kernel[0])) * ends


def without_line(values: Floats) -> Floats:
    """Remove a least-squares line; enough for the comb, which looks at frequencies only."""
    known = np.isfinite(values)
    places = np.arange(len(values), dtype=float)
    slope, level = np.polyfit(places[known], values[known], 1)
    return values - (level + slope * places)
