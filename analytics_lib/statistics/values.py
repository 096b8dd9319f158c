"""Read numbers from whatever holds them; what is no finite number is NaN, and counted."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics_lib.errors import ArgumentError
from analytics_lib.results import Provenance, Result

Floats: TypeAlias = NDArray[np.float64]

AnyValues: TypeAlias = Any
"""Numbers: a list, numpy or Arrow array, pandas Series, or a table or Result with one column to look at."""

_LARGEST_WHOLE: Final = 2.0**53
_BESIDE = frozenset({"time", "complete"})


def read_values(data: AnyValues, *, analysis: str = "this analysis") -> tuple[Floats, str, Provenance, tuple[str, ...]]:
    """Read numbers: the values (missing ones NaN), their name, where they come from, and notes.

    From a table the column `value` is taken, or the only numeric one; unfinished buckets
    (``complete == False``) are missing.

    Raises
    ------
    ArgumentError
        Text instead of numbers, or no single column to look at.
    """
    provenance = Provenance()
    notes: tuple[str, ...] = ()
    if isinstance(data, Result):
        provenance, notes, data = data.provenance, data.notes, data.frame
    elif not isinstance(data, pd.DataFrame | pd.Series) and hasattr(data, "to_pandas"):
        data = data.to_pandas()  # Arrow and Ibis tables and columns know how
    if isinstance(data, pd.DataFrame):
        return _from_frame(data, provenance, notes, analysis)
    column = data if isinstance(data, pd.Series) else pd.Series(_one_dimensional(data, analysis))
    values, infinite = read_numbers(column, analysis)
    notes = (*notes, *number_notes(column, values, infinite))
    return values, "value" if column.name is None else str(column.name), provenance, notes


def _from_frame(
    frame: pd.DataFrame, provenance: Provenance, notes: tuple[str, ...], analysis: str
) -> tuple[Floats, str, Provenance, tuple[str, ...]]:
    name = value_column(frame, analysis)
    values, infinite = read_numbers(frame[name], analysis)
    notes = (*notes, *number_notes(frame[name], values, infinite))
    if "complete" in frame.columns:
        unfinished = ~frame["complete"].fillna(value=False).to_numpy(bool)
        values[unfinished] = np.nan
        notes = (
            (*notes, f"{int(unfinished.sum()):,} unfinished buckets count as missing.") if unfinished.any() else notes
        )
    return values, name, provenance, notes


def _one_dimensional(data: AnyValues, analysis: str) -> Any:
    if isinstance(data, str) or not hasattr(data, "__iter__"):
        raise ArgumentError(f"{analysis} was handed {data!r}", "Hand over a list, array or column of numbers.")
    if getattr(data, "ndim", 1) != 1:
        raise ArgumentError(f"{analysis} was handed an array with {data.ndim} dimensions", "Hand over one column.")
    return data if hasattr(data, "dtype") else list(data) or np.empty(0)


def value_column(frame: pd.DataFrame, analysis: str) -> str:
    """Name the column to look at: `value`, or the only numeric one beside `time` and `complete`.

    Raises
    ------
    ArgumentError
        There is none, or more than one.
    """
    if "value" in frame.columns:
        return "value"
    dtypes = {str(name): dtype for name, dtype in frame.dtypes.items() if name not in _BESIDE}
    numeric = [name for name, dtype in dtypes.items() if pd.api.types.is_numeric_dtype(dtype)]
    if len(numeric) != 1:
        fact = f"{analysis} needs the column 'value'; the table has {', '.join(map(str, frame.columns)) or 'none'}"
        raise ArgumentError(fact, "Hand over the one column to look at, for example frame[['time', 'users']].")
    return numeric[0]


def read_numbers(column: pd.Series[Any], analysis: str) -> tuple[Floats, int]:
    """Give a column as new floats with NaN for what is missing, and the number of infinite values among those.

    Decimals and Python integers of any size are accepted; what is too large for a float is infinite.

    Raises
    ------
    ArgumentError
        The column holds something that is no number.
    """
    if column.dtype == object:
        column = pd.Series([_float(value, analysis) for value in column], dtype=float)
    if not pd.api.types.is_numeric_dtype(column.dtype):
        fact = f"{analysis} needs numbers, but the values are {column.dtype}"
        raise ArgumentError(fact, "Convert them first, for example with pandas.to_numeric.")
    values = column.to_numpy(dtype=float, na_value=np.nan).copy()
    infinite = np.isinf(values)
    values[infinite] = np.nan
    return values, int(infinite.sum())


def _float(value: object, analysis: str) -> float:
    if value is None or value is pd.NA:
        return float("nan")
    try:
        if isinstance(value, str | bytes):
            raise TypeError
        return float(value)  # type: ignore[arg-type]  # what can't be converted is refused below
    except OverflowError:
        return float("inf")
    except (TypeError, ValueError) as problem:
        advice = "Hand over numbers; missing ones as None or NaN."
        raise ArgumentError(f"{analysis} needs numbers, but one value is {value!r}", advice) from problem


def number_notes(column: pd.Series[Any], values: Floats, infinite: int) -> tuple[str, ...]:
    """Give the notes about infinite values, and about integers that a float can't hold, if there were any.

    Examples
    --------
    >>> number_notes(pd.Series([2**60 + 1, 7]), np.array([2.0**60, 7.0]), 0)
    ('1 integers from 2⁵³ on may be rounded: floats hold no more digits.',)
    """
    notes = (f"{infinite:,} infinite values count as missing.",) if infinite else ()
    large = int((np.abs(values) >= _LARGEST_WHOLE).sum()) if pd.api.types.is_integer_dtype(column.dtype) else 0
    return (*notes, f"{large:,} integers from 2⁵³ on may be rounded: floats hold no more digits.") if large else notes
