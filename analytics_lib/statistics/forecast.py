"""What comes next, and how sure that is: forecasts whose intervals hold what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from analytics_lib import checks, periods
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result
from analytics_lib.statistics.forecast_intervals import interval_widths
from analytics_lib.statistics.forecast_rolling import Rolled, roll, scale_of
from analytics_lib.statistics.grid import MONTH_SECONDS
from analytics_lib.statistics.series import AnySeries, EvenSeries, Floats, binary_size, read_series, resized

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

FEWEST: Final = 6
"""Known values below which nothing is forecast."""

_MOST_STEPS: Final = 10_000


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForecastResult(Result):
    """One row per step ahead: ``time``, ``value``, ``low``, ``high``; NaN with a note when there is too little data."""

    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The known series: ``time``, ``value``; for pictures."""
    methods: tuple[str, ...] = ()
    """What was combined, in words, the best first."""

    title: ClassVar[str] = "Forecast"

    def plot(self) -> Chart:
        """Draw the newest stretch of the series, the forecast and its interval."""
        from analytics_lib.charts.fans import draw_fan

        shown = self.history.tail(max(5 * len(self.frame), 50))
        return draw_fan(shown, self.frame, title=self.title)


def forecast(
    series: AnySeries, *, horizon: int | periods.Duration, confidence: float = 0.95
) -> ForecastResult:  # fmt: skip
    """Say what a series will be, with an interval that holds the truth as often as it says.

    Parameters
    ----------
    series
        Columns `time` and `value`, or a pandas Series with a DatetimeIndex (see
        :func:`~analytics_lib.statistics.series.read_series`). Gaps stay gaps; an unfinished bucket is
        forecast, not used.
    horizon
        How far: a number of steps, or a length of time such as ``"7d"``.
    confidence
        Share of true values inside the interval at each step. Strictly between 0 and 1.

    Returns
    -------
    ForecastResult
        time (start of each bucket, UTC), value, low, high. Counts and durations never below 0, rates in [0, 1]. With
        fewer than 6 known values all is NaN, and a note says so.

    Raises
    ------
    ArgumentError
        The horizon is shorter than a step or longer than 10,000.

    Notes
    -----
    Exponential smoothing in some thirty settings (level, damped or lasting trend, up to two seasons, errors that
    fade) and plain repetition compete from many past origins; the three that erred least are averaged. The interval
    comes from those errors, per step ahead, not from a model: see
    :func:`~analytics_lib.statistics.forecast_intervals.interval_widths`. It assumes that the future errs like the past.
    Seasons are looked for in the newest 4,000 values and eight of the longest, at least 1,500 values, are learnt from;
    so ten years of minutes take two seconds. Values of any size are answered; an end beyond the largest float is that.

    References
    ----------
    Gardner (2006), Int. J. Forecast. 22, 637-666; Makridakis, Spiliotis, Assimakopoulos (2020), Int. J. Forecast. 36,
    54-74 (combinations win); Tashman (2000), Int. J. Forecast. 16, 437-450 (rolling origins).

    Examples
    --------
    >>> from analytics_lib.statistics.calibration import nulls
    >>> made = nulls.hourly(100 + nulls.season(480, 24, 20) + nulls.noise(1, 480))
    >>> ahead = forecast(made, horizon="12h").to_frame()
    >>> len(ahead), bool((ahead["high"] - ahead["low"]).between(3, 7).all())
    (12, True)
    """
    confidence = checks.number_between("confidence", confidence, 0, 1)
    read = read_series(series, analysis="forecast")
    steps = horizon_steps(horizon, read.step_seconds)
    known = np.flatnonzero(np.isfinite(read.values))
    times = times_after(read, int(known[-1]) if len(known) else -1, steps)
    if len(known) < FEWEST:
        return _unknown(read, times)
    size = 0 if read.kind == "rate" else binary_size(read.values)
    values = resized(read.values[known[0] : known[-1] + 1], -size)
    rolled = roll(values, steps, kind=read.kind, step_seconds=read.step_seconds)
    low, middle, high = (resized(part, size) for part in bounds(rolled, read.kind, confidence))
    return ForecastResult(
        frame=pd.DataFrame({"time": times, "value": middle, "low": low, "high": high}),
        history=pd.DataFrame({"time": read.times, "value": read.given}), methods=rolled.methods,
        definition=(
            f"Mean of the three methods that erred least from earlier origins: {'; '.join(rolled.methods)}. "
            f"{confidence:.0%} of true values lie between low and high if the future errs like the past."
        ),
        provenance=read.provenance, notes=(*read.notes, *_notes(rolled)), key_columns=("time",),
    )  # fmt: skip


def bounds(rolled: Rolled, kind: str, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Give low, middle and high in the unit of the series, inside what such values can be."""
    _, back = scale_of(kind)
    widths = interval_widths(rolled, confidence)
    low, middle, high = (back(rolled.forecast + sign * widths) for sign in (-1, 0, 1))
    middle = back(rolled.forecast)
    top = 1.0 if kind == "rate" else np.inf
    bottom = -np.inf if kind == "number" else 0.0
    return np.clip(low, bottom, top), np.clip(middle, bottom, top), np.clip(high, bottom, top)


def horizon_steps(horizon: int | periods.Duration, step_seconds: float) -> int:
    """Give a horizon in steps."""
    if isinstance(horizon, int):
        return checks.whole_number("horizon", horizon, at_least=1, at_most=_MOST_STEPS)
    length = periods.duration("horizon", horizon).total_seconds()
    if not step_seconds > 0:
        raise ArgumentError(f"horizon={horizon!r}, but one value has no step", "Give the horizon as a number of steps.")
    steps = int(length / step_seconds + 1e-9)
    if steps < 1:
        fact = f"horizon={horizon!r} is shorter than one step of {step_seconds:g} seconds"
        raise ArgumentError(fact, "Give a longer horizon, or a number of steps.")
    return checks.whole_number("horizon", steps, at_least=1, at_most=_MOST_STEPS)


def times_after(read: EvenSeries, last: int, steps: int) -> pd.DatetimeIndex:
    """Give the starts of the buckets after a place; calendar steps follow the calendar."""
    if last < 0 or not read.step_seconds > 0:
        return pd.DatetimeIndex([pd.NaT] * steps).as_unit("us").tz_localize("UTC")
    begin = read.times[last]
    months = read.step_seconds / MONTH_SECONDS
    if abs(months - round(months)) < 1e-6 and round(months) >= 1:
        ahead = [begin + pd.DateOffset(months=round(months) * step) for step in range(1, steps + 1)]
        return pd.DatetimeIndex(ahead).as_unit("us")
    micros = np.round(np.arange(1, steps + 1) * read.step_seconds * 1e6).astype(np.int64)
    return begin + pd.to_timedelta(micros, unit="us").as_unit("us")


def _unknown(read: EvenSeries, times: pd.DatetimeIndex) -> ForecastResult:
    nothing = np.full(len(times), np.nan)
    return ForecastResult(
        frame=pd.DataFrame({"time": times, "value": nothing, "low": nothing, "high": nothing}),
        history=pd.DataFrame({"time": read.times, "value": read.given}),
        definition="Nothing is forecast.", provenance=read.provenance, key_columns=("time",),
        notes=(*read.notes, f"Only {read.observed} known values: from {FEWEST} on there is something to go by."),
    )  # fmt: skip


def _notes(rolled: Rolled) -> tuple[str, ...]:
    counted = int(np.isfinite(rolled.errors[:, -1]).sum())
    notes = []
    if counted < 20:
        notes.append(
            f"Only {counted} earlier forecasts reach so far ahead: the far end of the interval is a rough guess."
        )
    if rolled.first_place:
        notes.append(f"The oldest {rolled.first_place:,} values are too old to matter and were not used.")
    return tuple(notes)
