"""When will a limit be reached? The time until a metric meets its capacity, with an interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from analytics_lib import checks, periods
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result
from analytics_lib.statistics.forecast import FEWEST, bounds, horizon_steps, times_after
from analytics_lib.statistics.forecast_intervals import interval_widths
from analytics_lib.statistics.forecast_rolling import Rolled, roll, scale_of
from analytics_lib.statistics.series import AnySeries, EvenSeries, Floats, binary_size, read_series, resized

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_FEWEST_PATHS: Final = 10
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TimeToLimitResult(Result):
    """One row: ``limit``, ``time``, ``low``, ``high``, ``remaining_seconds``, ``probability``."""

    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The known series: ``time``, ``value``; for pictures."""
    ahead: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The forecast up to the horizon: ``time``, ``value``, ``low``, ``high``."""

    title: ClassVar[str] = "Time until the limit"

    def plot(self) -> Chart:
        """Draw the series, its forecast and the limit."""
        from analytics_lib.charts.fans import draw_fan

        limit = float(self.frame["limit"].iloc[0])
        shown = self.history.tail(max(2 * len(self.ahead), 50))
        return draw_fan(shown, self.ahead, title=self.title, limit=limit)


def time_to_limit(
    series: AnySeries, *, limit: float, horizon: int | periods.Duration | None = None, confidence: float = 0.95
) -> TimeToLimitResult:
    """Say when a metric will first reach a limit: a full disk, the last seat, the agreed quota.

    Parameters
    ----------
    series
        Columns `time` and `value` (see :func:`~analytics_lib.statistics.series.read_series`).
    limit
        The value that must not be reached, from below or, when the newest value lies above it, from above.
    horizon
        How far to look: steps or a length of time; default: as far as the series reaches back, at most 1,000 steps.
    confidence
        Of the interval between `low` and `high`. Strictly between 0 and 1.

    Returns
    -------
    TimeToLimitResult
        One row: ``time`` (the middle first time, UTC; NaT when more likely not within the horizon), ``low`` and
        ``high`` (earliest and latest plausible first time; NaT = not within the horizon), ``remaining_seconds`` from
        the newest observation to ``time``, ``probability`` of reaching the limit within the horizon.

    Raises
    ------
    ArgumentError
        The limit is not a number, or the horizon is shorter than a step.

    Notes
    -----
    Earlier forecasts from many origins left whole paths of errors. Each path is added to the forecast of today, widened
    as its interval is, and its first meeting with the limit noted. The quantiles of those times are the answer, so
    that noise which touches the limit early is counted, and errors that last are kept together.

    References
    ----------
    Hyndman, Athanasopoulos (2021), "Forecasting: principles and practice", 3rd ed., section 5.5 (bootstrapped paths).

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", periods=60, tz="UTC")
    >>> disk = pd.Series(np.linspace(10, 69, 60) + np.tile([0.4, -0.4, 0.1], 20), index=days)
    >>> time_to_limit(disk, limit=100).time.strftime("%B %Y")
    'March 2024'
    """
    if not np.isfinite(limit):
        raise ArgumentError(f"limit={limit!r} is not a number", "Give the value that must not be reached.")
    confidence = checks.number_between("confidence", confidence, 0, 1)
    read = read_series(series, analysis="time_to_limit")
    known = np.flatnonzero(np.isfinite(read.values))
    if len(known) < FEWEST:
        return _unknown(read, limit)
    last = int(known[-1])
    steps = min(len(read), 1000) if horizon is None else horizon_steps(horizon, read.step_seconds)
    size = 0 if read.kind == "rate" else binary_size(read.values)
    values = resized(read.values[known[0] : last + 1], -size)
    rolled = roll(values, steps, kind=read.kind, step_seconds=read.step_seconds)
    bar = float(resized(np.array(float(limit)), -size))
    meeting = _first_meetings(rolled, read.kind, bar, rising=values[-1] < bar, confidence=confidence)
    fan = (resized(part, size) for part in bounds(rolled, read.kind, confidence))
    times = times_after(read, last, steps)
    return TimeToLimitResult(
        frame=_frame(meeting, times, read.times[last], limit=limit, confidence=confidence),
        history=pd.DataFrame({"time": read.times, "value": read.given}),
        ahead=pd.DataFrame(dict(zip(("low", "value", "high"), fan, strict=True))).assign(time=times),
        definition=(
            f"First bucket at or beyond {limit:g} on forecasts with the errors of earlier forecasts; time is the "
            f"middle one, low to high hold {confidence:.0%}."
        ),
        provenance=read.provenance, notes=(*read.notes, *_notes(len(meeting), steps)),
    )  # fmt: skip


def _first_meetings(rolled: Rolled, kind: str, limit: float, *, rising: bool, confidence: float) -> Floats:
    """Give for each path of errors the step of its first meeting with the limit, `_NEVER` for none."""
    _, back = scale_of(kind)
    paths = back(rolled.forecast + _error_paths(rolled, confidence))
    met = paths >= limit if rising else paths <= limit
    return np.where(met.any(axis=1), met.argmax(axis=1), _NEVER)


def _error_paths(rolled: Rolled, confidence: float) -> Floats:
    """Give past errors as whole paths, mirrored, and stretched to the widths that intervals have.

    A path is as far as half of the origins reach, since the few that reach further are the oldest; beyond, it keeps its
    direction and grows as the interval does.
    """
    errors = rolled.errors
    reach = max(1, int((np.isfinite(errors).sum(axis=0) >= len(errors) / 2).sum()))
    whole = errors[np.isfinite(errors[:, reach - 1]), :reach]
    if not len(whole):
        return np.zeros((1, errors.shape[1]))
    whole = _filled(whole)
    plain = np.quantile(np.abs(whole), confidence, axis=0)
    widths = interval_widths(rolled, confidence)
    ratio = np.divide(widths[:reach], plain, out=np.ones(reach), where=plain > 0)
    usable = ratio[np.isfinite(ratio)]
    beyond = widths[reach:] / widths[reach - 1]
    paths = np.hstack([whole, whole[:, -1:] * beyond]) * (float(np.median(usable)) if len(usable) else 1.0)
    return np.concatenate([paths, -paths])


def _filled(paths: Floats) -> Floats:
    """Carry the last known error over gaps."""
    places = np.where(np.isfinite(paths), np.arange(paths.shape[1]), 0)
    filled = np.take_along_axis(paths, np.maximum.accumulate(places, axis=1), axis=1)
    return np.nan_to_num(filled)


def _frame(
    meeting: Floats, times: pd.DatetimeIndex, now: pd.Timestamp, *, limit: float, confidence: float
) -> pd.DataFrame:
    ordered = np.sort(meeting)
    count = len(ordered)

    def at(share: float) -> pd.Timestamp | NaTType:
        step = int(ordered[min(int(share * count), count - 1)])
        return times[step] if step < len(times) else pd.NaT

    middle = at(0.5)
    frame = pd.DataFrame({"limit": [float(limit)], "time": [middle], "low": [at((1 - confidence) / 2)]})
    frame["high"] = [at((1 + confidence) / 2)]
    for name in ("time", "low", "high"):
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.as_unit("us")
    frame["remaining_seconds"] = (frame["time"] - now).dt.total_seconds()
    frame["probability"] = float((meeting < len(times)).mean())
    return frame


def _unknown(read: EvenSeries, limit: float) -> TimeToLimitResult:
    nothing = pd.to_datetime(pd.Series([pd.NaT]), utc=True).dt.as_unit("us")
    frame = pd.DataFrame({"limit": [float(limit)], "time": nothing, "low": nothing, "high": nothing})
    return TimeToLimitResult(
        frame=frame.assign(remaining_seconds=np.nan, probability=np.nan),
        history=pd.DataFrame({"time": read.times, "value": read.given}),
        ahead=pd.DataFrame({"time": nothing[:0], "value": [], "low": [], "high": []}),
        definition="Nothing is forecast.", provenance=read.provenance,
        notes=(*read.notes, f"Only {read.observed} known values: from {FEWEST} on there is something to go by."),
    )  # fmt: skip


def _notes(paths: int, steps: int) -> tuple[str, ...]:
    few = paths < 2 * _FEWEST_PATHS
    rough = ("Few earlier forecasts reach far: the interval is a rough guess.",) if few else ()
    return (f"Looked {steps:,} steps ahead.", *rough)
