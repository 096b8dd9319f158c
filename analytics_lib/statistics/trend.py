"""Which way a series goes, how fast, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.display import format_duration
from analytics_lib.results import Result
from analytics_lib.statistics.robust_line import FEWEST, Line, robust_line
from analytics_lib.statistics.seasonality import find_periods, phase_means, without_line
from analytics_lib.statistics.series import AnySeries, EvenSeries, read_series

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Floats: TypeAlias = NDArray[np.float64]

STABLE: Final = 0.01
"""Share of the mean per grain within which a slope counts as stable."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrendResult(Result):
    """One row: which way a series goes."""

    observed: EvenSeries
    """The series that was judged."""
    line: Line | None = None
    """The fitted line, in steps of the series; None when there are not enough data."""

    title = "Trend"

    def plot(self) -> Chart:
        """Draw the series and its line."""
        from analytics_lib.charts.lines import draw_lines

        parts = [pd.DataFrame({"time": self.observed.times, "value": self.observed.given, "series": "observed"})]
        if self.line is not None:
            fitted = self.line.intercept + self.line.slope * np.arange(len(self.observed))
            parts.append(pd.DataFrame({"time": self.observed.times, "value": fitted, "series": "trend"}))
        return draw_lines(
            pd.concat(parts), x="time", y="value", by="series", title=f"{self.title}: {self.direction}", on_top="trend"
        )


def trend(series: AnySeries, *, confidence: float = 0.95) -> TrendResult:
    """Tell whether a series goes up or down, and how fast.

    Parameters
    ----------
    series
        Columns `time` and `value` (see :func:`~analytics_lib.statistics.series.read_series`).
    confidence
        Of the slope's interval; a direction is named when the p-value is below ``1 - confidence``.

    Returns
    -------
    TrendResult
        One row. `direction`: ``increasing``, ``decreasing``, ``stable`` (the interval of the slope lies within ±1 % of
        the mean per grain), ``no evidence`` or ``unknown`` (fewer than five known values). `slope_per_day` with
        `slope_low`, `slope_high`, in units of the value per 86,400 s. `relative_change`: slope per grain as a share of
        the mean (0.02 = 2 % of the mean per hour, day, …). `p_value`: chance of a slope at least this far from zero
        without a trend. `confidence`.

    Notes
    -----
    Seasons are found and taken out first. The slope is the median of all pairwise slopes (Theil–Sen), or the
    regression's where ties make that exactly zero. Interval and p-value come from a regression with AR(1) noise, plain
    or under white noise, that is averaged over all autocorrelations the data allow, a random walk included, on values
    drawn in beyond three robust standard deviations; so they hold their level on autocorrelated, skewed and
    contaminated data. Below some 100 values a slow wandering that hides under much white noise can't be told from a
    trend by any test.

    References
    ----------
    P. K. Sen (1968), Estimates of the regression coefficient based on Kendall's tau.
    P. Perron, T. Yabu (2009), Estimating deterministic trends with an integrated or stationary noise component.
    P. J. Huber (1964), Robust estimation of a location parameter.

    Examples
    --------
    >>> from analytics_lib.statistics.calibration import nulls
    >>> import numpy as np
    >>> trend(nulls.daily(100 + np.arange(60.0) + nulls.noise(1, 60))).direction
    'increasing'
    """
    checks.number_between("confidence", confidence, 0, 1)
    read = read_series(series, analysis="trend")
    adjusted, seasons = without_seasons(read.values, read.step_seconds)
    line = robust_line(adjusted, confidence=confidence, spent=sum(steps - 1 for steps in seasons))
    notes = (*read.notes, *_notes(read, line, seasons))
    definition = (
        f"The slope is the median of the slopes of all pairs of values, its interval holds the true slope in "
        f"{confidence:.0%} of cases. Relative change is the slope per grain as a share of the mean. Stable means that "
        f"the interval lies within ±{STABLE:.0%} of the mean per grain."
    )
    frame = pd.DataFrame([_row(read, line, confidence)])
    return TrendResult(
        frame=frame, definition=definition, provenance=read.provenance, notes=notes, observed=read, line=line
    )


def without_seasons(values: Floats, step_seconds: float = float("nan")) -> tuple[Floats, tuple[int, ...]]:
    """Take the significant seasons out of values one step apart; give the rest and the periods in steps."""
    periods = tuple(period.steps for period in find_periods(values, step_seconds=step_seconds))
    left = values
    if periods:
        line = values - without_line(values)
        for period in periods:
            left = left - phase_means(left - line, period)
    return left, periods


def _row(read: EvenSeries, line: Line | None, confidence: float) -> dict[str, object]:
    if line is None:
        unknown = dict.fromkeys(("slope_per_day", "slope_low", "slope_high", "relative_change", "p_value"), np.nan)
        return {"direction": "unknown", **unknown, "confidence": confidence}
    per_day = 86_400 / read.step_seconds
    mean = float(np.nanmean(read.values))
    return {
        "direction": _direction(line, abs(mean), 1 - confidence),
        "slope_per_day": line.slope * per_day,
        "slope_low": line.low * per_day,
        "slope_high": line.high * per_day,
        "relative_change": line.slope / abs(mean) if mean else np.nan,
        "p_value": line.p_value,
        "confidence": confidence,
    }


def _direction(line: Line, mean: float, level: float) -> str:
    if line.p_value < level and line.slope:
        return "increasing" if line.slope > 0 else "decreasing"
    return "stable" if max(abs(line.low), abs(line.high)) <= STABLE * mean else "no evidence"


def _notes(read: EvenSeries, line: Line | None, seasons: tuple[int, ...]) -> list[str]:
    if line is None:
        return [f"Not enough data: a trend needs at least {FEWEST} known values, there are {read.observed}."]
    notes = []
    if seasons:
        lengths = ", ".join(format_duration(steps * read.step_seconds) for steps in seasons)
        notes.append(f"Seasons taken out before: {lengths}.")
    if line.autocorrelation > 0.9:
        notes.append("The series wanders: neighbouring values are nearly equal, so only long series show a trend.")
    return notes
