"""Low daily counts judged against the same weekday of other weeks, as counts: Poisson or negative binomial."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib.display import format_number
from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.anomaly_counts import at_least, at_most, extra_variance
from analytics_lib.statistics.anomaly_rules import Verdict
from analytics_lib.statistics.series import EvenSeries

Floats: TypeAlias = NDArray[np.float64]

_WEEK: Final = 7
_NEAREST: Final = 12
"""Other weeks that speak for a day: enough to know a mean by, few enough to follow a slow change."""
_FEWEST: Final = 4
"""Other weeks without which a day is not judged."""
_HALF: Final = 0.5
"""What Jeffreys' prior adds to the events of the other weeks."""
_CUTOFFS: Final = np.geomspace(1e-15, 1.0, 600)
_SET_ASIDE: Final = 1e-4
"""Chance below which a day does not speak for the others."""
_DAY: Final = 86_400.0


def judge_weekdays(series: EvenSeries, chance: float) -> Verdict:
    """Judge each day by the same weekday in the twelve nearest other weeks.

    Parameters
    ----------
    series
        Daily counts.
    chance
        Promised share of ordinary days that are flagged.

    Returns
    -------
    Verdict
        Days with fewer than four other weeks are not judged.

    Raises
    ------
    ArgumentError
        The series is not daily, or holds values that are no counts.

    Notes
    -----
    With S events in k other weeks the next count is negative binomial with mean (S + 1/2) / k: how little is known
    widens the band by itself. Where counts vary more than Poisson's, that is added. On so small numbers only some
    rates can be attained; the one nearest to the promise and at most twice of it is.
    """
    _check(series)
    left_out = np.zeros(len(series), bool)
    for _ in range(3):
        mean, extra = _baseline(series.values, left_out)
        rarity = _rarity(series.values, mean, extra)
        again = np.nan_to_num(rarity, nan=1.0) < _SET_ASIDE
        if (again == left_out).all():
            break
        left_out = again
    return _verdict(series, mean, extra, chance)


def _check(series: EvenSeries) -> None:
    known = series.values[np.isfinite(series.values)]
    if len(series) > 1 and abs(series.step_seconds / _DAY - 1) > 0.02:
        fact = f'method="same_weekday" needs one value per day, this series has one per {series.step_seconds:,.0f} s'
        raise ArgumentError(fact, 'Count by day, for example event_counts(events, grain="day").')
    if len(known) and (known.min() < 0 or (known != np.floor(known)).any()):
        raise ArgumentError(
            'method="same_weekday" needs counts, this series holds other numbers',
            'Take method="calibrated", which judges any values.',
        )


def _baseline(values: Floats, left_out: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Give mean and excess variance of each day as the same weekday of other weeks tells them; NaN = too few."""
    total, count = _other_weeks(np.where(left_out, np.nan, values))
    enough = count >= _FEWEST
    mean = np.where(enough, (total + _HALF) / np.maximum(count, 1), np.nan)
    used = enough & np.isfinite(values) & ~left_out
    unsure = np.where(enough, 1.0 / (total + _HALF), np.nan)
    if not used.any():
        return mean, unsure
    own = max(extra_variance(values[used], mean[used]) - float(np.mean(unsure[used])), 0.0)
    return mean, own * (1 + 1 / np.maximum(count, 1)) + unsure


def _other_weeks(values: Floats) -> tuple[Floats, Floats]:
    """Give sum and number of the known values of the same weekday in the nearest other weeks."""
    total, count = np.zeros(len(values)), np.zeros(len(values))
    for weekday in range(min(_WEEK, len(values))):
        same = values[weekday::_WEEK]
        known = np.flatnonzero(np.isfinite(same))
        for week in range(len(same)):
            others = known[known != week]
            near = others[np.argsort(np.abs(others - week), kind="stable")[:_NEAREST]]
            total[weekday + _WEEK * week], count[weekday + _WEEK * week] = same[near].sum(), len(near)
    return total, count


def _rarity(values: Floats, mean: Floats, extra: Floats) -> Floats:
    known = np.isfinite(values) & np.isfinite(mean)
    chances = np.full(len(values), np.nan)
    given = (values[known], mean[known], extra[known])
    chances[known] = np.minimum(at_most(*given), at_least(*given))
    return chances


def _verdict(series: EvenSeries, mean: Floats, extra: Floats, chance: float) -> Verdict:
    judged = np.isfinite(mean)
    low, high = np.full(len(mean), np.nan), np.full(len(mean), np.nan)
    score, level = np.full(len(mean), np.nan), np.full(len(mean), -1)
    if judged.any():
        counts = np.arange(_largest(mean[judged], extra[judged]))[:, None]
        below, above = (tail(counts, mean[judged], extra[judged]) for tail in (at_most, at_least))
        rates = _rates(below, above)
        cut = _cutoff(rates, chance)
        low[judged], high[judged] = (below <= cut).sum(axis=0), (above > cut).sum(axis=0) - 1
        rarity = _rarity(series.values, mean, extra)
        known = np.isfinite(rarity)
        score[known] = -np.log10(np.interp(np.log(np.maximum(rarity[known], 1e-300)), np.log(_CUTOFFS), rates))
        level[known] = sum((rarity[known] <= _cutoff(rates, chance * one)).astype(int) for one in (1.0, 0.1, 0.01))
    return Verdict(mean, low, high, score, level, _words(series, mean, level))


def _largest(mean: Floats, extra: Floats) -> float:
    deviation = np.sqrt(mean + extra * mean**2)
    return float(np.max(np.ceil(mean + 12 * deviation + 40 * extra * mean + 25)))


def _rates(below: Floats, above: Floats) -> Floats:
    """Give the share of ordinary days that each cutoff flags, on both sides together."""
    rates = np.zeros(len(_CUTOFFS))
    for chances in (above[::-1], below):
        for column in np.ascontiguousarray(chances.T):
            place = np.searchsorted(column, _CUTOFFS, side="right") - 1
            rates += np.where(place >= 0, column[np.maximum(place, 0)], 0.0) / below.shape[1]
    return np.clip(rates, 1e-16, 1.0)


def _cutoff(rates: Floats, chance: float) -> float:
    allowed = np.flatnonzero(rates <= 2 * chance)
    if len(allowed) == 0:
        return 0.0
    return float(_CUTOFFS[allowed[np.argmin(np.abs(rates[allowed] - chance))]])


def _words(series: EvenSeries, mean: Floats, level: NDArray[np.int64]) -> list[str]:
    words = [""] * len(series)
    for place in np.flatnonzero(level > 0).tolist():
        day = pd.Timestamp(series.times[place]).day_name()
        kind = "spike" if series.values[place] > mean[place] else "dip"
        found, usual = format_number(series.values[place]), format_number(mean[place], decimals=1)
        words[place] = f"{kind}: {found} on a {day} that usually has about {usual}"
    return words
