"""A straight line, a polynomial or a plane through numbers, solved without rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Provenance, Result
from analytics_lib.statistics.exact import as_decimals, exact_product_sum
from analytics_lib.statistics.values import read_numbers

if TYPE_CHECKING:
    from analytics_lib.charts.chart import Chart

Floats: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = list[list[Fraction]]

_MOST_PRODUCTS: Final = 3_000_000  # of whole numbers, that are still quick


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RegressionResult(Result):
    """One row per term of a least-squares fit."""

    r_squared: float
    """Share of the variance that the fit explains, in [0, 1]; NaN when there is none."""
    residual_standard_deviation: float
    """Spread around the fit, with the degrees of freedom it left."""
    rows: int
    """Rows used."""
    key_columns: tuple[str, ...] = ("term",)
    title = "Regression"

    def plot(self) -> Chart:
        """Draw each term with its interval."""
        from analytics_lib.charts.bars import draw_bars

        return draw_bars(self.frame, x="term", y="coefficient", title=self.title)


def regression(
    table: Any, *, y: str, x: str | Sequence[str], degree: int = 1, confidence: float = 0.95
) -> RegressionResult:
    """Fit a line, polynomial or plane by least squares.

    Parameters
    ----------
    table
        A frame, Arrow or Ibis table; rows with a missing value are left out and counted in the notes.
    y
        Column to explain.
    x
        Column, or columns, that explain it.
    degree
        Powers of `x` up to this one; above 1 only with a single column.
    confidence
        Of the intervals, which take the errors as independent and of equal spread.

    Returns
    -------
    RegressionResult
        `term` (``intercept``, the column, ``column^2`` …), `coefficient`, `standard_error`, `low`, `high`, `p_value`;
        `.r_squared`, `.residual_standard_deviation`, `.rows`.

    Raises
    ------
    ArgumentError
        Too few rows, or columns that depend on each other, so that no single answer exists.

    Notes
    -----
    The normal equations are built and solved in exact rational arithmetic, so the answer is the least-squares solution
    of the given numbers, however ill-conditioned, rounded once. Up to about 100,000 rows a float is read as the
    shortest decimal that names it (0.1 is a tenth).

    Examples
    --------
    >>> frame = pd.DataFrame({"hours": [1, 2, 3, 4], "score": [3.0, 5.0, 7.0, 9.5]})
    >>> regression(frame, y="score", x="hours").to_frame()["coefficient"].tolist()
    [0.75, 2.15]
    """
    names = [x] if isinstance(x, str) else list(checks.names("x", x, at_least=1))
    checks.whole_number("degree", degree, at_least=1, at_most=1 if len(names) > 1 else 20)
    target, design, notes = _columns(table, y, names)
    terms = ["intercept", *names] if degree == 1 else ["intercept", *_powers(names[0], degree)]
    checks.count_between("rows", len(target), len(terms) + 1)
    gram, moments, squares = _sums(target, design, degree)
    solution, inverse = _solve(gram, moments)
    left = squares - sum((one * other for one, other in zip(solution, moments, strict=True)), start=Fraction(0))
    total = squares - moments[0] * moments[0] / len(target)
    freedom = len(target) - len(terms)
    errors = [float(left / freedom * inverse[place][place]) ** 0.5 for place in range(len(terms))]
    frame = _frame(terms, np.array([float(one) for one in solution]), np.array(errors), freedom, confidence)
    return RegressionResult(
        frame=frame, definition=f"Least squares of {y} on {', '.join(terms[1:])}.", notes=notes,
        provenance=table.provenance if isinstance(table, Result) else Provenance(),
        r_squared=float(1 - left / total) if total else float("nan"),
        residual_standard_deviation=float(left / freedom) ** 0.5, rows=len(target),
    )  # fmt: skip


def _powers(name: str, degree: int) -> list[str]:
    return [name, *(f"{name}^{power}" for power in range(2, degree + 1))]


def _columns(table: Any, y: str, names: list[str]) -> tuple[Floats, list[Floats], tuple[str, ...]]:
    frame = table.frame if isinstance(table, Result) else table
    frame = frame.to_pandas() if not isinstance(frame, pd.DataFrame) and hasattr(frame, "to_pandas") else frame
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"regression was handed a {type(table).__name__}", "Hand over a table.")
    checks.columns([str(name) for name in frame.columns], [y, *names], analysis="regression")
    numbers = [read_numbers(frame[name], "regression")[0] for name in [y, *names]]
    known = np.isfinite(np.column_stack(numbers)).all(axis=1)
    lost = int((~known).sum())
    notes = (f"{lost:,} rows with a missing value were left out.",) if lost else ()
    return numbers[0][known], [column[known] for column in numbers[1:]], notes


def _sums(target: Floats, design: list[Floats], degree: int) -> tuple[Matrix, list[Fraction], Fraction]:
    """Build the normal equations exactly: products of the terms, with the target, and of the target with itself."""
    terms = degree + len(design)
    if len(target) * terms**2 > _MOST_PRODUCTS:
        if degree > 1:
            fact = f"{len(target):,} rows are too many for a polynomial of degree {degree}"
            raise ArgumentError(fact, "Aggregate or sample the rows first.")
        columns = [np.ones(len(target)), *design]
        gram = [[exact_product_sum(one, other) for other in columns] for one in columns]
        return gram, [exact_product_sum(one, target) for one in columns], exact_product_sum(target, target)
    heights, scale = as_decimals(target)
    bases = [([1] * len(target), 1)]
    if degree == 1:
        bases.extend(as_decimals(column) for column in design)
    else:
        places, shared = as_decimals(design[0])
        bases.extend(([place**power for place in places], shared**power) for power in range(1, degree + 1))
    gram = [[_dot(*one, *other) for other in bases] for one in bases]
    return gram, [_dot(*one, heights, scale) for one in bases], _dot(heights, scale, heights, scale)


def _dot(one: list[int], scale: int, other: list[int], unit: int) -> Fraction:
    return Fraction(sum(a * b for a, b in zip(one, other, strict=True)), scale * unit)


def _solve(gram: Matrix, moments: list[Fraction]) -> tuple[list[Fraction], Matrix]:
    """Solve by Gauss and Jordan over the rationals; give the solution and the inverse."""
    size = len(gram)
    rows = [[*gram[place], *(Fraction(place == other) for other in range(size))] for place in range(size)]
    for place in range(size):
        pivot = next((row for row in range(place, size) if rows[row][place]), None)
        if pivot is None:
            raise ArgumentError("the columns depend on each other, so no single fit exists", "Leave one column out.")
        rows[place], rows[pivot] = rows[pivot], rows[place]
        lead = rows[place][place]
        rows[place] = [value / lead for value in rows[place]]
        for other in range(size):
            factor = rows[other][place]
            if other != place and factor:
                rows[other] = [value - factor * own for value, own in zip(rows[other], rows[place], strict=True)]
    inverse = [row[size:] for row in rows]
    solution = [sum((a * b for a, b in zip(row, moments, strict=True)), start=Fraction(0)) for row in inverse]
    return solution, inverse


def _frame(terms: list[str], found: Floats, errors: Floats, freedom: int, confidence: float) -> pd.DataFrame:
    from scipy.special import stdtr, stdtrit

    reach = stdtrit(freedom, (1 + checks.number_between("confidence", confidence, 0, 1)) / 2) * errors
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = np.where(errors > 0, 2 * stdtr(freedom, -np.abs(found) / errors), np.where(found == 0, 1.0, 0.0))
    return pd.DataFrame(
        {"term": terms, "coefficient": found, "standard_error": errors, "low": found - reach, "high": found + reach,
         "p_value": p_values}
    )  # fmt: skip
