"""How much of a value is known from the values before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.results import Result
from analytics_lib.statistics.exact import exact_product_sum, exact_sum
from analytics_lib.statistics.series import AnySeries, read_series

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Floats: TypeAlias = NDArray[np.float64]

_EXACT: Final = 5000  # values up to which sums are exact; beyond, rounding no longer shows


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AutocorrelationResult(Result):
    """One row per lag."""

    key_columns: tuple[str, ...] = ("lag",)
    title = "Autocorrelation"

    def plot(self) -> Chart:
        """Draw the correlation at each lag with its band."""
        from analytics_lib.charts.bands import draw_band

        chart = draw_band(self.frame, title=self.title, x="lag", value="autocorrelation")
        names = ("correlation", "confidence band")
        legend = tuple(replace(entry, name=name) for entry, name in zip(chart.legend, names, strict=False))
        return replace(chart, legend=legend)


def autocorrelation(series: AnySeries, *, lags: int | None = None, confidence: float = 0.95) -> AutocorrelationResult:
    """Correlate a series with itself some steps earlier.

    Parameters
    ----------
    series
        Columns `time` and `value` (see :func:`~analytics_lib.statistics.series.read_series`).
    lags
        Largest lag in steps; None = a quarter of the series, but at most 50.
    confidence
        Of the band.

    Returns
    -------
    AutocorrelationResult
        `lag`, `lag_seconds`, `autocorrelation`, `low`, `high`, from lag 1. The band is Bartlett's. A constant series
        has no autocorrelation (NaN, with a note); pairs with a gap are left out.

    References
    ----------
    M. S. Bartlett (1946), On the theoretical specification and sampling properties of autocorrelated time-series.

    Examples
    --------
    >>> days = pd.Series([1.0, -1.0] * 20, index=pd.date_range("2024-05-01", periods=40, tz="UTC"))
    >>> autocorrelation(days, lags=2).to_frame()["autocorrelation"].tolist()
    [-0.975, 0.95]
    """
    checks.number_between("confidence", confidence, 0, 1)
    read = read_series(series, analysis="autocorrelation")
    most = min(50, len(read) // 4) if lags is None else checks.whole_number("lags", lags, at_least=1)
    steps = np.arange(1, min(most, max(len(read) - 1, 0)) + 1)
    found = correlations(read.values, steps)
    low, high = _band(found, read.observed, confidence)
    frame = pd.DataFrame(
        {"lag": steps, "lag_seconds": steps * read.step_seconds, "autocorrelation": found, "low": low, "high": high}
    )
    constant = len(steps) > 0 and bool(np.isnan(found).all())
    notes = (*read.notes, "A constant series has no autocorrelation.") if constant else read.notes
    definition = f"Correlation with the value `lag` steps earlier around one mean; Bartlett's {confidence:.0%} band."
    return AutocorrelationResult(frame=frame, definition=definition, provenance=read.provenance, notes=notes)


def correlations(values: Floats, lags: NDArray[np.int64]) -> Floats:
    """Give the autocorrelation at each lag; NaN are gaps. All NaN for a constant.

    Sums are exact for up to 5,000 values, so that a large mean costs no digits.
    """
    known = np.isfinite(values)
    count = int(known.sum())
    if count < 2 or np.nanmin(values) == np.nanmax(values):
        return np.full(len(lags), np.nan)
    if len(values) <= _EXACT:
        return np.array([_exactly(values, known, int(lag)) for lag in lags])
    apart = np.where(known, values - values[known].mean(), 0.0)
    size = 2 ** int(np.ceil(np.log2(2 * len(values))))
    products = np.fft.irfft(np.abs(np.fft.rfft(apart, size)) ** 2, size)
    return products[lags] / products[0]


def _exactly(values: Floats, known: NDArray[np.bool_], lag: int) -> float:
    own = values[known]
    mean = exact_sum(own) / len(own)
    squares = exact_product_sum(own, own) - mean * mean * len(own)
    both = known[lag:] & known[:-lag]
    later, earlier = values[lag:][both], values[:-lag][both]
    products = exact_product_sum(later, earlier) - mean * (exact_sum(later) + exact_sum(earlier))
    return float((products + mean * mean * int(both.sum())) / squares)


def _band(found: Floats, count: int, confidence: float) -> tuple[Floats, Floats]:
    from scipy.special import ndtri

    earlier = np.concatenate([[0.0], np.cumsum(found[:-1] ** 2)]) if len(found) else found
    reach = ndtri((1 + confidence) / 2) * np.sqrt((1 + 2 * earlier) / max(count, 1))
    return found - reach, found + reach
