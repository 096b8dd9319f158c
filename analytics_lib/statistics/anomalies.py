"""Which points of a series are out of line, with a false-alarm rate that holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Duration, duration
from analytics_lib.results import Result
from analytics_lib.statistics.anomaly_constants import constant_but_for_few, judge_exceptions
from analytics_lib.statistics.anomaly_counts import are_small_counts
from analytics_lib.statistics.anomaly_judgement import Judgement, judge
from analytics_lib.statistics.anomaly_reasons import missing_reasons, point_reasons
from analytics_lib.statistics.anomaly_rules import RULES, Verdict, apply_rule, steps_of
from analytics_lib.statistics.anomaly_tails import FEWEST
from analytics_lib.statistics.anomaly_weekdays import judge_weekdays
from analytics_lib.statistics.series import AnySeries, EvenSeries, read_series

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Flags: TypeAlias = NDArray[np.bool_]

METHODS: Final = ("calibrated", "same_weekday", *RULES)

SEVERITIES: Final = ("low", "medium", "high")
"""Flagged; still flagged at a tenth of the promised rate; at a hundredth."""

_FEW: Final = ((40, 5), (60, 3))
"""Known values below which the promise can't be vouched for, and how many times of it heavy tails were flagged."""

_LARGEST: Final = 1e70
"""Sizes beyond which, or below whose inverse, fourth powers leave the reach of a float."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnomaliesResult(Result):
    """One row per point of the series; see :func:`anomalies`."""

    title: ClassVar[str] = "Anomalies"

    def plot(self) -> Chart:
        """Draw the series, the band of ordinary values and the flagged points; gaps stay gaps."""
        from analytics_lib.charts.bands import draw_band

        return draw_band(self.frame, title=self.title, expected="expected", flag="is_anomaly")


def anomalies(
    series: AnySeries,
    *,
    per_1000: float = 1.0,
    method: str = "calibrated",
    threshold: float | None = None,
    window: Duration | None = None,
) -> AnomaliesResult:
    """Tell which points are out of line, at a promised rate of false alarms.

    Parameters
    ----------
    series
        Observations over time: a frame with `time` and `value` (and `complete`, if known), a pandas Series with a
        DatetimeIndex, an Arrow or Ibis table, or a result such as ``event_counts(…)``. Naive times are UTC.
    per_1000
        Promised flags per 1,000 ordinary points, above 0 and below 500. Realised rates stay between half and twice of
        it from 60 known values on (see the notes). On small counts the attainable rate nearest to it is used, never
        more than twice.
    method
        ``calibrated`` (all of the above), ``same_weekday`` (daily counts, each against the same weekday of the
        nearest other weeks, Poisson or negative binomial; keeps `per_1000` too), or one of the simple rules, which
        promise no rate: ``threshold`` (mean of the last `window` above `threshold`), ``z_score`` (against the
        `window` before), ``percent_change`` (likewise; 5 = 500 %), ``standard_deviations`` and ``robust_z`` (of the
        whole series), ``iqr`` (quartiles of the whole series). The definition of the result says each in full.
    threshold
        For the simple rules, above 0: 0.1, 3, 5, 2, 2 and 1.5 in this order, unless given.
    window
        Length of time such as ``"1h"`` for ``threshold`` (``"5min"``), ``z_score`` and ``percent_change``
        (``"1h"``), rounded down to whole steps, at least one.

    Returns
    -------
    AnomaliesResult
        One row per step of the grid, gaps included:

        - ``time`` (UTC, start of the bucket), ``value`` (NaN in gaps);
        - ``expected``: what season, slope and neighbours on both sides say, the point itself left out;
        - ``low``, ``high``: the band of values that are not flagged;
        - ``score``: surprise, minus the decimal logarithm of the share of ordinary points that are at least as
          far out; 3 = one in 1,000;
        - ``is_anomaly`` (nullable boolean): unknown for gaps, unfinished buckets, and when there is too little data;
        - ``severity``: ``low`` = flagged, ``medium`` = still flagged at ``per_1000 / 10``, ``high`` = at
          ``per_1000 / 100``; missing elsewhere;
        - ``reason``: in words; empty where there is nothing to say.

    Notes
    -----
    Values above 1e70 in size are refused, and so are series of nothing but values below 1e-70 (ArgumentError); integers
    beyond a float are missing, as infinite values are. Fewer than 24 known values, or all the same: nothing is judged,
    and a note says so. Seasons of a day, a week and a year are looked for where the length holds at least four (three
    for a week beside a day). The tail of the residuals is read from their middle (g-and-h letter values), clear
    anomalies set aside, so that a few large ones don't hide each other; below 1,500 values it is averaged with what
    common shapes say (normal, Student's t, Laplace, lighter), each counting as much as it makes the values likely:
    heavy tails fill the way to their farthest values on both sides, anomalies stand alone, or alike on one side. The
    promise is made from 60 values on, and was measured on normal, heavy (Student's t with 3 degrees of freedom) and
    skewed (lognormal, exponential) noise, counts, noise that wanders, and seasons. Exceptions, to the safe side:
    bounded noise such as uniform, of which no value is out of line, is hardly ever flagged, Laplace's tails about half
    as often, normal noise below 40 values seldom. To the other side: tails between normal and heavy ones (Student's t
    with 5 to 10 degrees of freedom) up to 2.9 times in 1,000; a tenth of points that vary thrice as much, without an
    hour or a day that says so, up to 5 times below 1,000 values; skewed noise of fewer than 60 values up to 3 times, of
    fewer than 40 up to 5 times: a note says so. In normal noise at least nine in ten points five standard deviations
    out are found from 336 values on where up to four are, and from 500 on where up to 2 % are, all on one side (on
    both, or beside a season, a little fewer); single ones from 200 on (of 150 values nearly, of 100 eight in ten, of 75
    six, of 60 four, of fewer hardly one); of four in 200 eight in ten. Where more than 4 % lie out on one side, they
    are taken for what is usual. With two weeks and not yet three, each day of an hourly series has a level of its own,
    as far as the same weekday of the other week has it too; with less, weekends may flag themselves. Time and memory
    grow with the length: ten years of minutes (5.26 million) take about two minutes of one processor and 1.4 GB.

    References
    ----------
    Hoaglin (1985), Summarizing shape numerically: the g-and-h distributions. Anscombe (1948), Biometrika 35, 246-254.

    Examples
    --------
    >>> hours = pd.date_range("2024-05-01", periods=400, freq="h", tz="UTC")
    >>> values = np.random.default_rng(7).normal(100, 5, 400)
    >>> values[250] = 160
    >>> found = anomalies(pd.Series(values, index=hours)).to_frame()
    >>> found.loc[found.is_anomaly.fillna(False), ["time", "severity"]].to_string(index=False, header=False)
    '2024-05-11 10:00:00+00:00 high'
    """
    rate = checks.number_between("per_1000", per_1000, 0, 500)
    checks.one_of("method", method, METHODS)
    read = _within_reach(read_series(series, analysis="anomalies"))
    if method in RULES:
        return _by_rule(read, rate, method, threshold=threshold, window=window)
    if threshold is not None or window is not None:
        raise ArgumentError(
            f"method={method!r} takes neither threshold nor window", "Give per_1000, the promised rate of false alarms."
        )
    if method == "same_weekday":
        return _by_weekday(read, rate)
    usual = None if read.kind == "count" and are_small_counts(read.values) else constant_but_for_few(read.values)
    if usual is not None:
        note = f"Nearly all values are {usual:,g}: others are flagged where they are too few to be ordinary."
        return _result(read, judge_exceptions(read.values, usual, rate / 1000), _definition(rate), (note,))
    judgement = judge(read)
    verdict = _unknown(read) if judgement is None else _judged(read, judgement, rate / 1000)
    return _result(read, verdict, _definition(rate), _notes(read, judgement))


def _within_reach(series: EvenSeries) -> EvenSeries:
    """Refuse sizes that no sum of squares can hold; beside larger values, ever so small ones are 0."""
    sizes = np.abs(series.values)
    largest = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        raise ArgumentError(
            f"anomalies judges values between {1 / _LARGEST:g} and {_LARGEST:g} in size, the largest is {largest:g}",
            "Give them in another unit, or leave out what is no measurement.",
        )
    return replace(series, values=np.where(sizes < 1 / _LARGEST, 0.0, series.values))


def _by_rule(
    series: EvenSeries, rate: float, method: str, *, threshold: float | None, window: Duration | None
) -> AnomaliesResult:
    rule = RULES[method]
    if rate != 1.0:
        raise ArgumentError(
            f"method={method!r} promises no rate of false alarms, per_1000={rate:g} means nothing to it",
            'Give threshold, or take method="calibrated".',
        )
    if window is not None and rule.window is None:
        raise ArgumentError(f"method={method!r} looks at the whole series and takes no window", "Leave window out.")
    limit = checks.number_between("threshold", rule.threshold if threshold is None else threshold, 0, np.inf)
    length = rule.window if window is None else window
    seconds = 0.0 if length is None else duration("window", length).total_seconds()
    steps = 1 if length is None else steps_of(method, str(length), seconds, series.step_seconds)
    words = rule.definition.format(threshold=f"{limit:g}", window=f"{steps:,} steps" if steps > 1 else "step")
    verdict = apply_rule(method, series.values, steps=steps, threshold=limit)
    return _result(series, verdict, f"Flagged when {words}. No rate of false alarms is promised.")


def _by_weekday(series: EvenSeries, rate: float) -> AnomaliesResult:
    words = (
        f"A day is flagged when counts as far from those of the same weekday in the nearest other weeks occur fewer "
        f"than {_often(rate)} in 1,000. Severity: medium = also at {rate / 10:g}, high = also at {rate / 100:g}."
    )
    verdict = judge_weekdays(series, rate / 1000)
    few = bool((verdict.level[np.isfinite(series.values)] < 0).any())
    return _result(series, verdict, words, ("Days with fewer than 4 other weeks are not judged.",) if few else ())


def _result(series: EvenSeries, verdict: Verdict, definition: str, notes: tuple[str, ...] = ()) -> AnomaliesResult:
    return AnomaliesResult(
        frame=_frame(series, verdict), definition=definition, provenance=series.provenance,
        notes=(*series.notes, *notes), key_columns=("time",),
    )  # fmt: skip


def _often(rate: float) -> str:
    """Give how often something happens.

    Examples
    --------
    >>> _often(1), _often(0.1), _often(5)
    ('once', '0.1 times', '5 times')
    """
    return "once" if rate == 1 else f"{rate:g} times"


def _definition(rate: float) -> str:
    return (
        f"A point is flagged when ordinary points as far from what season, slope and neighbours predict occur fewer "
        f"than {_often(rate)} in 1,000. Severity: medium = also at {rate / 10:g}, high = also at {rate / 100:g}."
    )


def _notes(series: EvenSeries, judgement: Judgement | None) -> tuple[str, ...]:
    if judgement is None and series.observed < FEWEST:
        return (f"Not enough data: {series.observed} known values, at least {FEWEST} are needed.",)
    if judgement is None:
        return ("Nothing is judged: all known values are the same.",)
    return () if judgement.tails is None else _doubts(series.observed)


def _doubts(count: int) -> tuple[str, ...]:
    """Say that so few values don't tell their own shape; counts judged as counts have theirs given."""
    times = next((times for fewer, times in _FEW if count < fewer), None)
    if times is None:
        return ()
    note = (
        f"Only {count} values: too few to tell skewed or heavy tails from anomalies. If they have such tails, up to "
        f"{times} times as many ordinary points are flagged as promised."
    )
    return (note,)


def _unknown(series: EvenSeries) -> Verdict:
    unknown = np.full(len(series), np.nan)
    return Verdict(unknown, unknown, unknown, unknown, np.full(len(series), -1), [""] * len(series))


def _judged(series: EvenSeries, judgement: Judgement, chance: float) -> Verdict:
    low, high = judgement.band(chance)
    low = np.maximum(low, 0.0) if series.kind == "count" else low  # nobody counts fewer than none
    level = np.zeros(len(series), np.int64)
    for share in (1.0, 0.1, 0.01):
        level += judgement.flagged(chance * share)
    words = point_reasons(series.values, judgement.expected, level > 0)
    for place, reason in judgement.named.items():
        words[place] = reason
    level[~np.isfinite(series.values)] = -1
    return Verdict(judgement.expected, low, high, judgement.surprise, level, words)


def _frame(series: EvenSeries, verdict: Verdict) -> pd.DataFrame:
    """Lay out one row per point."""
    flags = pd.array(verdict.level > 0, dtype="boolean")
    flags[verdict.level < 0] = pd.NA
    severity = pd.Series([SEVERITIES[one - 1] if one > 0 else None for one in verdict.level], dtype="str")
    return pd.DataFrame(
        {
            "time": series.times, "value": series.given, "expected": verdict.expected, "low": verdict.low,
            "high": verdict.high, "score": verdict.score, "is_anomaly": flags, "severity": severity,
            "reason": pd.Series(_reasons(series, verdict.words), dtype="str"),
        }
    )  # fmt: skip


def _reasons(series: EvenSeries, words: list[str]) -> list[str]:
    reasons = list(words)
    for place, reason in missing_reasons(~np.isfinite(series.given)).items():
        reasons[place] = reason
    for place in np.flatnonzero(series.unfinished).tolist():
        reasons[place] = "unfinished"
    return reasons
