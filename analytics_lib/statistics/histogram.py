"""How are these numbers distributed? Counts in ranges of equal width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics_lib import checks
from analytics_lib.results import Provenance, Result
from analytics_lib.statistics.tally import Tally, tally
from analytics_lib.statistics.values import AnyValues, read_values

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

MOST_BINS = 20
"""Ranges made at most when nothing else is asked for."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HistogramResult(Result):
    """Counts in ranges of equal width."""

    key_columns: tuple[str, ...] = ("low",)
    title = "Histogram"

    def plot(self) -> Chart:
        """Draw the counts as bars over their ranges."""
        from analytics_lib.charts.histograms import draw_histogram

        return draw_histogram(self.frame, title=self.title)


def histogram(
    values: AnyValues | Tally, *, bins: int | None = None, weights: ArrayLike | None = None
) -> HistogramResult:
    """Count how often values fall into ranges of equal width.

    Parameters
    ----------
    values
        A list, array, column or one-column table of numbers, or a tally. Missing values are left out and counted
        in the notes.
    bins
        Number of ranges; None = the square root of the count, rounded up, but at most 20.
    weights
        How often each value counts; None = once.

    Returns
    -------
    HistogramResult
        `low`, `high`, `centre`, `count`, `share_rate`, one row per range, ascending. A range holds values from `low`
        to below `high`; the last one holds its `high` as well. Constant data make one range without width; no data,
        no row.

    Examples
    --------
    >>> histogram([1, 2, 2, 4], bins=3).to_frame()["count"].tolist()
    [1, 2, 1]
    """
    provenance = Provenance()
    notes: tuple[str, ...] = ()
    if isinstance(values, Tally):
        parts = values
    else:
        numbers, _, provenance, notes = read_values(values, analysis="histogram")
        parts = tally(numbers, weights)
    if parts.missing:
        notes = (*notes, f"{parts.missing:,} missing values were left out.")
    frame = _binned(parts, bins)
    definition = (
        "Ranges of equal width from the smallest to the largest value, each without its upper end but the last."
    )
    return HistogramResult(frame=frame, definition=definition, notes=notes, provenance=provenance)


def _binned(parts: Tally, bins: int | None) -> pd.DataFrame:
    total = float(parts.weights.sum())
    wanted = (
        min(MOST_BINS, math.ceil(math.sqrt(total))) if bins is None else checks.whole_number("bins", bins, at_least=1)
    )
    edges = _edges(parts.values, wanted)
    places = np.clip(np.searchsorted(edges, parts.values, side="right") - 1, 0, max(len(edges) - 2, 0))
    counts = np.bincount(places, weights=parts.weights, minlength=max(len(edges) - 1, 0))
    whole = bool((counts == np.floor(counts)).all())
    return pd.DataFrame({
        "low": edges[:-1], "high": edges[1:], "centre": edges[:-1] / 2 + edges[1:] / 2,
        "count": counts.astype(np.int64) if whole else counts,
        "share_rate": counts / total if total else counts,
    })  # fmt: skip


def _edges(values: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    if len(values) == 0:
        return np.empty(0)
    if len(values) == 1:
        return np.array([values[0], values[0]])
    shares = np.linspace(0, 1, bins + 1)
    edges = np.unique(values[0] * (1 - shares) + values[-1] * shares)  # this form can't overflow
    edges[0], edges[-1] = values[0], values[-1]
    return edges


def draw_tally(parts: Tally, *, title: str) -> Chart:
    """Draw a tally's distribution; whole numbers in ranges that hold as many of them each, so that none look rare."""
    from analytics_lib.charts.histograms import draw_histogram

    ranges = _binned(parts, None)
    whole = len(ranges) > 1 and bool((parts.values == np.floor(parts.values)).all())
    width = math.ceil(ranges["high"].iloc[0] - ranges["low"].iloc[0]) if whole else 0
    if whole and width != ranges["high"].iloc[0] - ranges["low"].iloc[0]:
        places = ((parts.values - parts.values[0]) // width).astype(np.int64)
        lows = parts.values[0] - 0.5 + width * np.arange(places[-1] + 1)
        counts = np.bincount(places, weights=parts.weights)
        ranges = pd.DataFrame({"low": lows, "high": lows + width, "count": counts})
    return draw_histogram(ranges, title=title)
