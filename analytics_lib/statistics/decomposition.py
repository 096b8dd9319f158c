"""A series as trend, seasons and remainder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.results import Result
from analytics_lib.statistics.loess import loess
from analytics_lib.statistics.seasonality import find_periods
from analytics_lib.statistics.series import AnySeries, read_series
from analytics_lib.statistics.stl import Smoothing, smoothing, stl

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Floats: TypeAlias = NDArray[np.float64]

_ALWAYS_EVERY_STEP: Final = 20_000_000  # fits times window; beyond it, smooths are fitted at ten points per window


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DecompositionResult(Result):
    """The parts of a series, bucket by bucket; observed = trend + seasons + remainder."""

    key_columns: tuple[str, ...] = ("time",)
    title = "Decomposition"

    def plot(self) -> Chart:
        """Draw the parts one above the other over the same time."""
        from analytics_lib.charts.panels import draw_panels

        parts = [str(name) for name in self.frame.columns if name != "time"]
        return draw_panels(self.frame, x="time", panels=parts, title=self.title)


def decompose(
    series: AnySeries, periods: Sequence[int] | int | None = None, *, robust: bool = False
) -> DecompositionResult:
    """Split a series into a slow trend, repeating seasons and what is left.

    Parameters
    ----------
    series
        Columns `time` and `value` (see :func:`~analytics_lib.statistics.series.read_series`).
    periods
        Lengths of the seasons in steps of the series, each at least 2; None = those that
        :func:`~analytics_lib.statistics.seasonality.seasonality` finds. Seasons that do not fit in twice are left out
        with a note.
    robust
        Keep wild values out of trend and seasons (into the remainder), at several times the cost. The remainder then
        looks calmer than it is: take no error rates from it.

    Returns
    -------
    DecompositionResult
        `time`, `observed`, `trend`, `seasonal_<steps>` for each season (shortest first), `remainder`, one row per
        bucket. Gaps stay gaps: `observed` and `remainder` are NaN there, trend and seasons go on.
        Without a season the trend is a local regression over a third of the series.

    References
    ----------
    R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning (1990), STL.
    K. Bandara, R. J. Hyndman, C. Bergmeir (2021), MSTL: a seasonal-trend decomposition algorithm for time series with
    multiple seasonal patterns.

    Examples
    --------
    >>> from analytics_lib.statistics.calibration import nulls
    >>> made = nulls.hourly(nulls.season(240, 24) + nulls.noise(1, 240, "gaussian") / 10)
    >>> decompose(made, 24).to_frame().columns.tolist()
    ['time', 'observed', 'trend', 'seasonal_24', 'remainder']
    """
    read = read_series(series, analysis="decompose")
    if periods is None:
        wanted = tuple(period.steps for period in find_periods(read.values, step_seconds=read.step_seconds))
    else:
        given = [periods] if isinstance(periods, int) else list(periods)
        wanted = tuple(checks.whole_number("periods", period, at_least=2) for period in given)
    usable = tuple(sorted({period for period in wanted if 2 * period <= len(read)}))
    notes = list(read.notes)
    notes.extend(
        f"The season of {period:,} steps does not fit twice into {len(read):,} steps and was left out."
        for period in sorted(set(wanted) - set(usable))
    )
    trend, seasons = split(read.values, usable, robust=robust)
    frame = pd.DataFrame({"time": read.times, "observed": read.values, "trend": trend})
    for period, season in zip(usable, seasons, strict=True):
        frame[f"seasonal_{period}"] = season
    frame["remainder"] = read.values - trend - sum(seasons)
    definition = "Observed = trend + seasons + remainder (STL; several seasons by MSTL)."
    return DecompositionResult(frame=frame, definition=definition, provenance=read.provenance, notes=tuple(notes))


def split(values: Floats, periods: Sequence[int], *, robust: bool = False) -> tuple[Floats, list[Floats]]:
    """Split values one step apart (NaN are gaps) into a trend and one season per period, in the order given.

    Parameters
    ----------
    values
        Floats, shape (n,).
    periods
        Ascending, each at least 2 and at most n / 2.
    robust
        Weigh wild values down.
    """
    if not np.isfinite(values).any():
        return np.full(len(values), np.nan), [np.full(len(values), np.nan) for _ in periods]
    if not periods:
        return _plain_trend(values), []
    seasons = [np.zeros(len(values)) for _ in periods]
    trend, left = values, values
    for _ in range(1 if len(periods) == 1 else 2):  # seasons are told apart by turns
        for place, period in enumerate(periods):
            left = left + seasons[place]
            parts = stl(left, _windows(len(values), period, place, robust=robust))
            seasons[place], trend = parts.seasonal, parts.trend
            left = left - parts.seasonal
    return trend, seasons


def _windows(length: int, period: int, place: int, *, robust: bool) -> Smoothing:
    """Choose the windows of MSTL: 11, 15, 19 … repetitions for the season, of which a local mean is taken."""
    how = smoothing(period, 11 + 4 * place, degrees=(0, 1, 1), robust=robust)
    jump = 1 if length * how.trend <= _ALWAYS_EVERY_STEP else how.trend // 10
    return replace(how, inner=2, jumps=(1, jump, jump))


def _plain_trend(values: Floats) -> Floats:
    known = np.isfinite(values)
    window = max(7, len(values) // 3) | 1
    jump = 1 if len(values) * window <= _ALWAYS_EVERY_STEP else window // 10
    filled, weights = np.where(known, values, 0.0)[:, None], known.astype(float)[:, None]
    smooth = loess(filled, window, weights=None if known.all() else weights, jump=jump)[:, 0]
    places = np.arange(len(values))
    return np.interp(places, places[np.isfinite(smooth)], smooth[np.isfinite(smooth)])
