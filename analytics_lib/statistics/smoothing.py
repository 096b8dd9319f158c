"""A calmer view of a series: moving and exponential averages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.results import Result
from analytics_lib.statistics.series import AnySeries, EvenSeries, read_series

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AverageResult(Result):
    """A series beside its average."""

    key_columns: tuple[str, ...] = ("time",)
    title = "Average"

    def plot(self) -> Chart:
        """Draw the series and its average."""
        from analytics_lib.charts.lines import draw_lines

        parts = [self.frame[["time"]].assign(value=self.frame[name], series=name) for name in ("value", "average")]
        return draw_lines(pd.concat(parts), x="time", y="value", by="series", title=self.title)


def moving_average(series: AnySeries, window: int) -> AverageResult:
    """Average each value with those before it.

    Parameters
    ----------
    series
        Columns `time` and `value` (see :func:`~analytics_lib.statistics.series.read_series`).
    window
        Steps averaged, the value's own step included.

    Returns
    -------
    AverageResult
        `time`, `value`, `average`, from the first full window on. A window with a gap has no average (NaN).

    Examples
    --------
    >>> days = pd.Series([1.0, 2.0, 6.0], index=pd.date_range("2024-05-01", periods=3, tz="UTC"))
    >>> moving_average(days, 2).to_frame()["average"].tolist()
    [1.5, 4.0]
    """
    checks.whole_number("window", window, at_least=1)
    read = read_series(series, analysis="moving_average")
    average = pd.Series(read.values).rolling(window).mean().to_numpy(float)
    return _result(read, average, window - 1, f"Mean of {window} steps, the value's own and those before it.")


def exponential_average(series: AnySeries, *, alpha: float = 0.1) -> AverageResult:
    """Average each value with all before it, older ones counting less and less.

    Parameters
    ----------
    series
        Columns `time` and `value`.
    alpha
        Weight of the newest value, in (0, 1].

    Returns
    -------
    AverageResult
        `time`, `value`, `average`, which begins as the first known value; at a gap the average stays as it was.

    Examples
    --------
    >>> days = pd.Series([1.0, 2.0, 6.0], index=pd.date_range("2024-05-01", periods=3, tz="UTC"))
    >>> exponential_average(days, alpha=0.5).to_frame()["average"].tolist()
    [1.0, 1.5, 3.75]
    """
    checks.number_between("alpha", alpha, 0, 1 + 1e-15)
    read = read_series(series, analysis="exponential_average")
    known = read.values[np.isfinite(read.values)]
    smooth = pd.Series(known).ewm(alpha=alpha, adjust=False).mean().to_numpy(float)
    average = np.full(len(read), np.nan)
    average[np.isfinite(read.values)] = smooth
    words = f"alpha × value + (1 − alpha) × average before, alpha = {alpha:g}, beginning with the first known value."
    return _result(read, pd.Series(average).ffill().to_numpy(float), 0, words)


def _result(read: EvenSeries, average: NDArray[np.float64], first: int, definition: str) -> AverageResult:
    frame = pd.DataFrame({"time": read.times, "value": read.values, "average": average}).iloc[first:]
    return AverageResult(
        frame=frame.reset_index(drop=True), definition=definition, provenance=read.provenance, notes=read.notes
    )
