"""Small groups hidden, and with them as many other numbers as it takes that nobody can work them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pandas as pd

from analytics_lib import checks
from analytics_lib.errors import SmallGroupError
from analytics_lib.privacy.hiding import Hidden, hide
from analytics_lib.privacy.shapes import Cell, Shape
from analytics_lib.results import PeopleSource, Result

if TYPE_CHECKING:
    import pyarrow as pa

AnyResult = TypeVar("AnyResult", bound=Result)

MINIMUM_USERS: Final = 10
"""Smallest group shown, where nothing else is said."""


def suppress(result: AnyResult, minimum_users: int = MINIMUM_USERS) -> AnyResult:
    """Give the result with every group of 1 to `minimum_users` − 1 people hidden, beyond recovery.

    A hidden number is NA, and so is every rate, median or other count of its row, and each rate that has
    it as its base. Where a hidden number could be worked out from others (groups that add up to a known
    total, people lost between two steps, those of a cohort who did not return), the smallest other
    numbers that leave it open by at least `minimum_users` are hidden too. 0 is shown, being nobody, unless
    nothing else is left to hide. A row whose people are hidden lists nobody either.

    Parameters
    ----------
    result
        What any analysis gave; one that counts no people comes back as it is.
    minimum_users
        Smallest group shown; 1 shows everything.

    Raises
    ------
    ArgumentError
        `minimum_users` is no whole number from 1.

    References
    ----------
    Cox, L. H. (1980), "Suppression methodology and statistical disclosure control", JASA 75.
    """
    smallest = checks.whole_number("minimum_users", minimum_users, at_least=1)
    if smallest == 1 or not any(column in result.frame.columns for column in result.people_columns):
        return result
    shape = Shape.of(result)
    return _without(result, shape, hidden=hide(shape, smallest), smallest=smallest)


def _without(result: AnyResult, shape: Shape, *, hidden: Hidden, smallest: int) -> AnyResult:
    changes: dict[str, Any] = {}
    for name in result.people_fields:
        value = getattr(result, name, None) if name in type(result).__dataclass_fields__ else None
        if isinstance(value, int) and 0 < value < smallest:
            changes[name] = pd.NA
    if not hidden.cells and not changes:
        return result
    return replace(
        result,
        frame=_blanked(result, shape, hidden.cells),
        notes=(*result.notes, _note(hidden, smallest)),
        people_source=_guarded(result, shape, frozenset(row for row, _ in hidden.cells)),
        question=None,  # asking again would show what is hidden
        **changes,
    )


def _note(hidden: Hidden, smallest: int) -> str:
    small, others = len(hidden.small), len(hidden.others)
    told = f"{small} number{'s' if small != 1 else ''} of fewer than {smallest} people {'are' if small != 1 else 'is'}"
    if not others:
        return f"{told} hidden."
    if not small:
        shown = "1 number is" if others == 1 else f"{others} numbers are"
        return f"{shown} hidden, from which a group of fewer than {smallest} people could be worked out."
    return f"{told} hidden, and {others} more from which a group as small could be worked out."


def _blanked(result: Result, shape: Shape, hidden: frozenset[Cell]) -> pd.DataFrame:
    frame = shape.frame.copy()
    counts = {*result.key_columns, *shape.people}
    dependent = [name for name in frame.columns if name not in counts and _is_number(frame[name])]
    for column in shape.people:
        _blank(frame, column, sorted(row for row, name in hidden if name == column))
    rows = sorted({row for row, _ in hidden})
    for name in dependent:
        _blank(frame, name, rows)
        if name.endswith("_rate"):
            _blank(frame, name, _based_on(shape, set(rows)))
    return frame


def _is_number(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _blank(frame: pd.DataFrame, name: str, rows: list[int]) -> None:
    """Make cells unknown: NaN in a column of fractions, NA in one of whole numbers."""
    if not rows:
        return
    if pd.api.types.is_integer_dtype(frame[name].dtype):
        frame[name] = frame[name].astype("Int64")
    frame.loc[rows, name] = pd.NA if pd.api.types.is_extension_array_dtype(frame[name].dtype) else float("nan")


def _based_on(shape: Shape, rows: set[int]) -> list[int]:
    """Give the rows whose rates have a hidden row as their base: the next step or period, all steps after the first."""
    based: set[int] = set()
    for rule in shape.rules:
        for chain in shape.rows_along(rule.along) if rule.kind in {"steps", "base"} else []:
            based.update(chain if rule.kind == "steps" and chain[0] in rows else ())
            based.update(after for before, after in pairwise(chain) if before in rows)
    return sorted(based)


def _guarded(result: Result, shape: Shape, rows: frozenset[int]) -> PeopleSource | None:
    """Let the people of a hidden row be asked for in vain."""
    source = result.people_source
    if source is None:
        return None
    keys = shape.row_keys()
    closed = {keys[row] for row in rows}

    def people(row: Mapping[str, Any]) -> pa.Table:
        if tuple(None if _unknown(row[name]) else row[name] for name in shape.keys) in closed:
            fact = "these people are too few to be listed, or would give away a group that is"
            raise SmallGroupError(fact, "Ask for a larger group, or for a longer stretch of time.")
        return source(row)

    return people


def _unknown(value: object) -> bool:
    return value is None or value is pd.NA or value != value
