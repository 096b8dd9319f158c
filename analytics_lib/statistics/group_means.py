"""Whether groups have different means: the one-way analysis of variance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result
from analytics_lib.statistics.moments import Moments, decimal_moments, merge, moments
from analytics_lib.statistics.values import read_numbers

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

_TYPED: Final = 100_000  # values up to which a float is read as the decimal that names it


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GroupMeansResult(Result):
    """Two rows, between and within groups; `.groups` has the means."""

    groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    """`group`, `count`, `mean`, `standard_deviation` (sample), one row per group."""
    key_columns: tuple[str, ...] = ("source",)
    title = "Analysis of variance"

    def plot(self) -> Chart:
        """Draw the mean of each group."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(self.groups, x="group", y="mean", title=self.title)


def compare_means(table: Any, *, value: str = "value", by: str = "group") -> GroupMeansResult:
    """Test whether the means of several groups differ.

    Parameters
    ----------
    table
        A frame, Arrow or Ibis table with one row per observation; or a mapping from group to
        :class:`~analytics_lib.statistics.moments.Moments` (sufficient statistics, for example from SQL).
    value, by
        Columns with the number and the group. A missing group is a group of its own.

    Returns
    -------
    GroupMeansResult
        `source` (``between``, ``within``), `sum_of_squares`, `degrees_of_freedom`, `mean_square`, `f_statistic`,
        `p_value` (both only in the first row). Sums of squares are exact and rounded once; up to 100,000
        rows a float is read as the shortest decimal that names it (0.1 is a tenth).

    Raises
    ------
    ArgumentError
        Fewer than two groups with values.

    References
    ----------
    R. A. Fisher (1925), Statistical Methods for Research Workers. Assumes equal variances in all groups.

    Examples
    --------
    >>> frame = pd.DataFrame({"group": ["a", "a", "b", "b"], "value": [1.0, 2.0, 3.0, 4.0]})
    >>> compare_means(frame).to_frame()["f_statistic"].iloc[0]
    np.float64(8.0)
    """
    parts = {group: part for group, part in _parts(table, value, by).items() if part.weight}
    checks.count_between("groups", len(parts), 2)
    whole = merge(parts.values())
    within = sum((part.deviation for part in parts.values()), start=Fraction(0))
    between = whole.deviation - within
    freedom = (len(parts) - 1, float(whole.weight) - len(parts))
    missing = whole.missing
    groups = pd.DataFrame(
        {"group": [str(group) for group in parts], "count": [float(part.weight) for part in parts.values()],
         "mean": [part.mean for part in parts.values()],
         "standard_deviation": [part.standard_deviation(sample=True) for part in parts.values()]}
    )  # fmt: skip
    return GroupMeansResult(
        frame=_frame(between, within, freedom), groups=groups,
        definition="Do the group means differ more than the values within groups explain?",
        notes=(f"{missing:,} missing values were left out.",) if missing else (),
    )  # fmt: skip


def _parts(table: Any, value: str, by: str) -> dict[Any, Moments]:
    if isinstance(table, Mapping):
        return dict(table)
    frame = table.frame if isinstance(table, Result) else table
    frame = frame.to_pandas() if not isinstance(frame, pd.DataFrame) and hasattr(frame, "to_pandas") else frame
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"compare_means was handed a {type(table).__name__}", "Hand over a table or group moments.")
    checks.columns([str(name) for name in frame.columns], [value, by], analysis="compare_means")
    numbers = read_numbers(frame[value], "compare_means")[0]
    codes, names = pd.factorize(frame[by], use_na_sentinel=False)
    reduce = decimal_moments if len(numbers) <= _TYPED else moments
    return {name: reduce(numbers[codes == code]) for code, name in enumerate(names)}


def _frame(between: Fraction, within: Fraction, freedom: tuple[int, float]) -> pd.DataFrame:
    from scipy.special import fdtrc

    squares = [between / freedom[0], within / Fraction(freedom[1]) if freedom[1] > 0 else Fraction(0)]
    if squares[1]:
        ratio = float(squares[0] / squares[1])
    else:  # no spread within groups: either nothing differs or everything does
        ratio = float("inf") if squares[0] and freedom[1] > 0 else float("nan")
    p_value = 0.0 if ratio == float("inf") else float(fdtrc(*freedom, ratio)) if freedom[1] > 0 else float("nan")
    return pd.DataFrame(
        {"source": ["between", "within"], "sum_of_squares": [float(between), float(within)],
         "degrees_of_freedom": [float(one) for one in freedom], "mean_square": [float(one) for one in squares],
         "f_statistic": [ratio, np.nan], "p_value": [p_value, np.nan]}
    )  # fmt: skip
