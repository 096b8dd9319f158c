"""Which numbers go together: a correlation for each pair of columns, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Provenance, Result
from analytics_lib.statistics.values import read_numbers

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Floats: TypeAlias = NDArray[np.float64]

METHODS: Final = ("pearson", "spearman")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CorrelationResult(Result):
    """One row per pair of columns."""

    key_columns: tuple[str, ...] = ("first", "second")
    title = "Correlation"

    def matrix(self) -> pd.DataFrame:
        """Give the correlations as a square table, 1 on the diagonal."""
        names = list(dict.fromkeys([*self.frame["first"], *self.frame["second"]]))
        table = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
        for first, second, value in self.frame[["first", "second", "correlation"]].itertuples(index=False):
            table.loc[first, second] = table.loc[second, first] = value
        return table

    def plot(self) -> Chart:
        """Draw the matrix as a heat map."""
        from analytics_lib.charts.heatmaps import draw_heatmap

        square = self.matrix().rename_axis("down").reset_index()
        cells = square.melt("down", var_name="across", value_name="correlation")
        return draw_heatmap(
            cells, x="across", y="down", value="correlation", title=self.title, signed=True, x_label="", y_label=""
        )


def correlation(
    table: Any, *, method: str = "pearson", confidence: float = 0.95, columns: list[str] | None = None
) -> CorrelationResult:
    """Correlate each pair of numeric columns.

    Parameters
    ----------
    table
        A frame, Arrow or Ibis table, or a result. With a `time` column the rows are taken as neighbours in time.
    method
        ``pearson`` (straight relations) or ``spearman`` (any rising or falling relation, by ranks).
    confidence
        Of the interval.
    columns
        Which columns; None = every numeric one but `time`.

    Returns
    -------
    CorrelationResult
        `first`, `second`, `correlation`, `low`, `high`, `p_value`, `rows` (pairs of known values). Constant columns
        and fewer than four pairs give NaN with a note. `.matrix()` gives the square table.
        Where rows are neighbours in time, each pair counts only as many independent rows as the autocorrelation of
        both columns leaves; two series that merely wander do not look related then.

    References
    ----------
    R. A. Fisher (1915) and D. G. Bonett, T. A. Wright (2000) (intervals).
    G. V. Bayley, J. M. Hammersley (1946), The effective number of independent observations in an autocorrelated series.

    Examples
    --------
    >>> frame = pd.DataFrame({"views": [1, 2, 3, 4, 5], "buys": [0, 1, 1, 2, 2]})
    >>> round(correlation(frame).correlation, 3)
    np.float64(0.945)
    """
    checks.one_of("method", method, METHODS)
    checks.number_between("confidence", confidence, 0, 1)
    frame, provenance, notes = _frame(table)
    numbers = _numbers(frame, columns)
    ordered = "time" in frame.columns
    rows = [
        _pair(first, second, numbers, method, confidence, ordered=ordered) for first, second in combinations(numbers, 2)
    ]
    unknown = sum(np.isnan(row["correlation"]) for row in rows)
    if unknown:
        notes = (*notes, f"{unknown} pairs are unknown: constant columns or fewer than four rows known in both.")
    if ordered:
        notes = (*notes, "Rows are neighbours in time: intervals count only the independent ones.")
    kind = "Pearson's correlation" if method == "pearson" else "Spearman's rank correlation"
    return CorrelationResult(
        frame=pd.DataFrame(rows, columns=["first", "second", "correlation", "low", "high", "p_value", "rows"]),
        definition=f"{kind} over the rows known in both columns, with its {confidence:.0%} interval.",
        provenance=provenance, notes=notes,
    )  # fmt: skip


def _frame(table: Any) -> tuple[pd.DataFrame, Provenance, tuple[str, ...]]:
    if isinstance(table, Result):
        return table.frame, table.provenance, table.notes
    frame = table.to_pandas() if not isinstance(table, pd.DataFrame) and hasattr(table, "to_pandas") else table
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(
            f"correlation was handed a {type(table).__name__}", "Hand over a table with numeric columns."
        )
    return (frame.sort_values("time") if "time" in frame.columns else frame), Provenance(), ()


def _numbers(frame: pd.DataFrame, columns: list[str] | None) -> dict[str, Floats]:
    wanted = checks.names("columns", columns) if columns is not None else [
        str(name) for name, dtype in frame.dtypes.items() if pd.api.types.is_numeric_dtype(dtype) and name != "time"
    ]  # fmt: skip
    checks.columns([str(name) for name in frame.columns], wanted, analysis="correlation")
    checks.count_between("columns", len(wanted), 2)
    return {name: read_numbers(frame[name], "correlation")[0] for name in wanted}


def _pair(
    first: str, second: str, numbers: dict[str, Floats], method: str, confidence: float, *, ordered: bool
) -> dict[str, Any]:
    one, other = numbers[first], numbers[second]
    both = np.isfinite(one) & np.isfinite(other)
    one, other = one[both], other[both]
    if method == "spearman":
        one, other = _ranks(one), _ranks(other)
    row = {"first": first, "second": second, "rows": int(both.sum())}
    if len(one) < 4 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return row | dict.fromkeys(("correlation", "low", "high", "p_value"), np.nan)
    one, other = one - one.mean(), other - other.mean()
    value = float(np.clip(one @ other / np.sqrt((one @ one) * (other @ other)), -1, 1))
    worth = _independent(one, other) if ordered else float(len(one))
    return row | {"correlation": value} | _certainty(value, worth, method, confidence)


def _ranks(values: Floats) -> Floats:
    return np.asarray(pd.Series(values).rank(), dtype=float)


def _independent(one: Floats, other: Floats) -> float:
    """Count the rows that are worth independent ones, from the autocorrelation at one step, bias-corrected."""
    length = len(one)
    steps = [float(part[1:] @ part[:-1] / (part @ part)) for part in (one, other)]
    corrected = [min(step + (1 + 4 * step) / length, 0.999) for step in steps]
    shared = max(corrected[0] * corrected[1], 0.0)
    return max(4.0, length * (1 - shared) / (1 + shared))


def _certainty(value: float, worth: float, method: str, confidence: float) -> dict[str, float]:
    from scipy.special import ndtri, stdtr

    if abs(value) == 1:
        return {"low": value, "high": value, "p_value": 0.0}
    bulk = 1 + value**2 / 2 if method == "spearman" else 1.0
    reach = ndtri((1 + confidence) / 2) * np.sqrt(bulk / max(worth - 3, 0.5))
    low, high = np.tanh(np.arctanh(value) - reach), np.tanh(np.arctanh(value) + reach)
    ratio = abs(value) * np.sqrt((worth - 2) / (1 - value**2))
    return {"low": float(low), "high": float(high), "p_value": float(2 * stdtr(worth - 2, -ratio))}
