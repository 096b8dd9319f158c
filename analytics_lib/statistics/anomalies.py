"""Which points of a series are out of line, with a false-alarm rate that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.results import Result
from analytics_lib.statistics.anomaly_judgement import Judgement, judge
from analytics_lib.statistics.anomaly_reasons import missing_reasons, point_reasons
from analytics_lib.statistics.anomaly_tails import FEWEST
from analytics_lib.statistics.series import AnySeries, EvenSeries, read_series

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

SEVERITIES: Final = ("low", "medium", "high")
"""Flagged; still flagged at a tenth of the promised rate; at a hundredth."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnomaliesResult(Result):
    """One row per point of the series; see :func:`anomalies`."""

    title: ClassVar[str] = "Anomalies"

    def plot(self) -> Chart:
        """Draw the series, the band of ordinary values and the flagged points; gaps stay gaps."""
        from analytics_lib.charts.bands import draw_band

        return draw_band(self.frame, title=self.title, expected="expected", flag="is_anomaly")


def anomalies(series: AnySeries, *, per_1000: float = 1.0) -> AnomaliesResult:
    """Tell which points are out of line, at a promised rate of false alarms.

    Parameters
    ----------
    series
        Observations over time: a frame with `time` and `value` (and `complete`, if known), a pandas Series with a
        DatetimeIndex, an Arrow or Ibis table, or a result such as ``event_counts(…)``. Naive times are UTC.
    per_1000
        Promised flags per 1,000 ordinary points, above 0 and below 500. Realised rates stay between half and twice
        of it. On small counts the attainable rate nearest to it is used, never more than twice.

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
    Fewer than 24 known values, or all the same: nothing is judged, and a note says so. Seasons of a day, a week and
    a year are looked for where the length holds at least four. The tail of the residuals is read from their middle
    98 % (g-and-h letter values), so that a few large anomalies don't hide each other.

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
    read = read_series(series, analysis="anomalies")
    judgement = judge(read)
    frame = _unjudged(read) if judgement is None else _judged(read, judgement, rate / 1000)
    return AnomaliesResult(
        frame=frame,
        definition=_definition(rate),
        provenance=read.provenance,
        notes=(*read.notes, *_notes(read, judgement)),
        key_columns=("time",),
    )


def _definition(rate: float) -> str:
    return (
        f"A point is flagged when ordinary points as far from what season, slope and neighbours predict occur fewer "
        f"than {rate:g} times in 1,000. Severity: medium = also at {rate / 10:g}, high = also at {rate / 100:g}."
    )


def _notes(series: EvenSeries, judgement: Judgement | None) -> tuple[str, ...]:
    if judgement is None and series.observed < FEWEST:
        return (f"Not enough data: {series.observed} known values, at least {FEWEST} are needed.",)
    if judgement is None:
        return ("Nothing is judged: all known values are the same.",)
    return ()


def _unjudged(series: EvenSeries) -> pd.DataFrame:
    unknown = np.full(len(series), np.nan)
    reasons = _reasons(series, [""] * len(series))
    return _frame(series, (unknown, unknown, unknown, unknown), np.full(len(series), -1), reasons)


def _judged(series: EvenSeries, judgement: Judgement, chance: float) -> pd.DataFrame:
    low, high = judgement.band(chance)
    level = np.zeros(len(series), np.int64)
    for share in (1.0, 0.1, 0.01):
        level += judgement.flagged(chance * share)
    words = point_reasons(series.values, judgement.expected, level > 0)
    for place, reason in judgement.named.items():
        words[place] = reason
    level[~np.isfinite(series.values)] = -1
    return _frame(series, (judgement.expected, low, high, judgement.surprise), level, _reasons(series, words))


def _frame(
    series: EvenSeries, numbers: tuple[Floats, Floats, Floats, Floats], level: NDArray[np.int64], reasons: list[str]
) -> pd.DataFrame:
    """Lay out one row per point; level -1 = not judged, 0 = ordinary, 1 to 3 = severity."""
    expected, low, high, score = numbers
    flags = pd.array(level > 0, dtype="boolean")
    flags[level < 0] = pd.NA
    severity = pd.Series([SEVERITIES[one - 1] if one > 0 else None for one in level], dtype="str")
    return pd.DataFrame(
        {
            "time": series.times, "value": series.given, "expected": expected, "low": low, "high": high,
            "score": score, "is_anomaly": flags, "severity": severity, "reason": pd.Series(reasons, dtype="str"),
        }
    )  # fmt: skip


def _reasons(series: EvenSeries, words: list[str]) -> list[str]:
    reasons = list(words)
    for place, reason in missing_reasons(~np.isfinite(series.given)).items():
        reasons[place] = reason
    for place in np.flatnonzero(series.unfinished).tolist():
        reasons[place] = "unfinished"
    return reasons
