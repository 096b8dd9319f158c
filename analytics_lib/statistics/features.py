"""From columns of any type to numbers a regression can use, learnt on some rows and applied to others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics_lib.statistics.series import Floats

_RARE: Final = 0.01
"""Share of rows below which a value of a text column is counted as rare."""

_BENDS: Final = (1 / 3, 2 / 3)  # quantiles at which the effect of a number may bend
_FEWEST_VALUES: Final = 10


@dataclass(frozen=True, slots=True)
class Features:
    """Columns and how each becomes numbers."""

    makers: tuple[Callable[[pd.DataFrame], Floats], ...]
    """One per column of the table they were learnt from."""

    def table(self, frame: pd.DataFrame) -> Floats:
        """Give the numbers of each row, shape (rows, numbers)."""
        parts = [make(frame) for make in self.makers]
        return np.concatenate(parts, axis=1) if parts else np.empty((len(frame), 0))


def learn_features(frame: pd.DataFrame, columns: Sequence[str]) -> Features:
    """Learn how columns become numbers.

    Numbers stay numbers, with bends at their thirds so that effects need not be straight; unknown ones become the mean
    and a mark. Text becomes one mark per value; rare and new values share one.

    Parameters
    ----------
    frame
        Rows to learn from. Not changed.
    columns
        Columns to use.

    Examples
    --------
    >>> people = pd.DataFrame({"plan": ["free", "paid", "free"], "visits": [1.0, None, 3.0]})
    >>> learn_features(people, ["plan", "visits"]).table(people).tolist()
    [[1.0, 0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 2.0, 1.0], [1.0, 0.0, 0.0, 3.0, 0.0]]
    """
    return Features(tuple(_maker(frame[column]) for column in columns))


def _maker(column: pd.Series[Any]) -> Callable[[pd.DataFrame], Floats]:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _number_maker(str(column.name), _numbers(column))
    return _text_maker(str(column.name), column)


def _numbers(column: pd.Series[Any]) -> Floats:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    values[~np.isfinite(values)] = np.nan
    return values


def _number_maker(name: str, seen: Floats) -> Callable[[pd.DataFrame], Floats]:
    known = seen[np.isfinite(seen)]
    usual = float(known.mean()) if len(known) else 0.0
    several = len(np.unique(known)) >= _FEWEST_VALUES
    bends = np.unique(np.quantile(known, _BENDS)) if several else np.empty(0)

    def make(frame: pd.DataFrame) -> Floats:
        values = _numbers(frame[name])
        unknown = np.isnan(values)
        filled = np.where(unknown, usual, values)
        bent = [np.maximum(filled - bend, 0.0) for bend in bends]
        return np.column_stack([filled, *bent, unknown.astype(float)])

    return make


def _text_maker(name: str, seen: pd.Series[Any]) -> Callable[[pd.DataFrame], Floats]:
    counts = seen.astype("object").value_counts()
    kept = sorted(counts.index[counts >= max(_RARE * len(seen), 1)], key=str)

    def make(frame: pd.DataFrame) -> Floats:
        values = frame[name].astype("object")
        marks = [(values == value).to_numpy(dtype=float) for value in kept]
        other = ~values.isin(kept).to_numpy(dtype=bool)
        return np.column_stack([*marks, other.astype(float)])

    return make
