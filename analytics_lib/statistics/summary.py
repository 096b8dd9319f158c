"""What do these numbers look like? Count, centre, spread, percentiles, modes, outliers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics_lib.errors import ArgumentError
from analytics_lib.results import Provenance, Result
from analytics_lib.statistics.histogram import draw_tally
from analytics_lib.statistics.moments import Moments
from analytics_lib.statistics.tally import Tally, tally
from analytics_lib.statistics.values import AnyValues, read_values

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

PERCENTILES: Final = (25, 50, 75, 90, 95, 99)
FENCE: Final = 1.5
"""Outliers lie further than this many interquartile ranges outside the quartiles (Tukey 1977)."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SummaryResult(Result):
    """One row of numbers about many."""

    parts: Tally | Moments = field(default_factory=Moments)
    """The mergeable partial behind the row."""

    title = "Summary"

    @property
    def modes(self) -> tuple[float, ...]:
        """Every most frequent value, ascending; all values when all are different."""
        return tuple(self.parts.modes.tolist()) if isinstance(self.parts, Tally) else ()

    @property
    def outlier_values(self) -> tuple[float, ...]:
        """The distinct values beyond the fences, ascending."""
        return tuple(self.parts.values[_beyond(self.parts)].tolist()) if isinstance(self.parts, Tally) else ()

    def plot(self) -> Chart:
        """Draw the distribution as a histogram."""
        return draw_tally(self.parts if isinstance(self.parts, Tally) else tally([]), title=self.title)


def summary(
    values: AnyValues | Tally | Moments, *, sample: bool = False, weights: ArrayLike | None = None
) -> SummaryResult:
    """Describe numbers in one row.

    Parameters
    ----------
    values
        A list, array, column or one-column table of numbers, shape (n,); or a partial
        (:class:`~analytics_lib.statistics.tally.Tally`, or :class:`~analytics_lib.statistics.moments.Moments`,
        which knows no percentiles). Missing and infinite values are counted in `missing`.
    sample
        Divide variance by one less than the count (a sample), instead of by the count (the population).
    weights
        How often each value counts (whole or fractional, for example 1 / sampling rate); None = once.

    Returns
    -------
    SummaryResult
        `count` (sum of the weights), `missing`, `sum`, `mean`, `median`, `mode` (smallest most frequent value; NaN
        when every value stands alone), `variance`, `standard_deviation`, `minimum`, `maximum`, `range`, `p25` … `p99`
        (linear interpolation), `outliers` (values beyond 1.5 interquartile ranges outside the quartiles).
        Of nothing, `count` and `sum` are 0 and the rest is NaN, with a note. `.modes` gives every mode.
        Sums are exact and rounded once: neither the order of the values nor a split into partials changes a digit.

    References
    ----------
    J. W. Tukey (1977), Exploratory Data Analysis (outliers). R. J. Hyndman, Y. Fan (1996), Sample quantiles in
    statistical packages, definition 7 (percentiles).

    Examples
    --------
    >>> summary([2, 3, 3, 9]).to_frame()[["mean", "median", "mode", "variance"]].iloc[0].tolist()
    [4.25, 3.0, 3.0, 7.6875]
    >>> summary(tally([2, 3]) + tally([9, 3])).modes
    (3.0,)
    """
    if isinstance(values, Tally | Moments):
        if weights is not None:
            raise ArgumentError("weights were handed with a partial, which has its own", "Leave weights out.")
        return _result(values, sample, Provenance(), ())
    numbers, _, provenance, notes = read_values(values, analysis="summary")
    return _result(tally(numbers, weights), sample, provenance, notes)


def _result(parts: Tally | Moments, sample: bool, provenance: Provenance, notes: tuple[str, ...]) -> SummaryResult:  # noqa: FBT001
    sums = parts.moments if isinstance(parts, Tally) else parts
    row = _centre(sums, sample) | (_distribution(parts) if isinstance(parts, Tally) else _unknown_distribution())
    if not sums.weight:
        notes = (*notes, "There is no value; only the count and the sum are known.")
    elif isinstance(parts, Moments):
        notes = (*notes, "Percentiles, modes and outliers can't be known from moments alone.")
    spread = "sample values (divided by count − 1)" if sample else "population values"
    definition = (
        f"Variance and standard deviation are {spread}. Percentiles by linear interpolation. Outliers lie more than "
        f"{FENCE:g} interquartile ranges outside the quartiles. The mode is the smallest most frequent value."
    )
    row["missing"] = pd.array([row["missing"]], dtype="Int64")
    frame = pd.DataFrame({name: row[name] for name in _COLUMNS}, index=range(1))
    return SummaryResult(frame=frame, definition=definition, provenance=provenance, notes=notes, parts=parts)


_COLUMNS: Final = (
    "count", "missing", "sum", "mean", "median", "mode", "variance", "standard_deviation", "minimum", "maximum",
    "range", *(f"p{share}" for share in PERCENTILES), "outliers",
)  # fmt: skip


def _centre(sums: Moments, sample: bool) -> dict[str, Any]:  # noqa: FBT001
    low, high = (sums.minimum, sums.maximum) if np.isfinite(sums.minimum) else (np.nan, np.nan)
    return {
        "count": _whole(float(sums.weight)), "missing": sums.missing, "sum": sums.sum, "mean": sums.mean,
        "variance": sums.variance(sample=sample), "standard_deviation": sums.standard_deviation(sample=sample),
        "minimum": low, "maximum": high, "range": high - low,
    }  # fmt: skip


def _distribution(parts: Tally) -> dict[str, Any]:
    shares = parts.quantiles([share / 100 for share in PERCENTILES])
    modes = parts.modes
    alone = len(parts.values) == 0 or parts.weights.max() <= 1
    beyond = float(parts.weights[_beyond(parts)].sum()) if len(parts.values) else np.nan
    return {f"p{share}": value for share, value in zip(PERCENTILES, shares, strict=True)} | {
        "median": shares[PERCENTILES.index(50)], "mode": np.nan if alone else modes[0], "outliers": _whole(beyond),
    }  # fmt: skip


def _unknown_distribution() -> dict[str, Any]:
    return dict.fromkeys([*(f"p{share}" for share in PERCENTILES), "median", "mode", "outliers"], np.nan)


def _beyond(parts: Tally) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    low, high = parts.quantiles([0.25, 0.75])
    with np.errstate(over="ignore"):
        reach = FENCE * (high - low)
        return (parts.values < low - reach) | (parts.values > high + reach)


def _whole(count: float) -> int | float:
    return int(count) if count == np.floor(count) else count
