"""A column, or a value inside ``properties`` or ``context``, by one name; and conditions on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import ibis
import pandas as pd

from analytics_lib.checks import columns as check_columns
from analytics_lib.checks import one_of
from analytics_lib.engine.properties import known, property_text
from analytics_lib.engine.tables import Table
from analytics_lib.errors import ArgumentError

DOCUMENTS: Final = ("properties", "context")
"""JSON columns whose values may be named like ``properties.plan``."""

OPERATIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": lambda value, wanted: value == wanted,
    "!=": lambda value, wanted: (value != wanted).fill_null(True),  # noqa: FBT003  # unknown differs from all
    ">": lambda value, wanted: value > wanted,
    ">=": lambda value, wanted: value >= wanted,
    "<": lambda value, wanted: value < wanted,
    "<=": lambda value, wanted: value <= wanted,
    "contains": lambda value, wanted: value.cast("string").contains(wanted),
    "matches": lambda value, wanted: value.cast("string").re_search(wanted),
}
"""What a condition may ask, as ``{"amount": (">=", 100)}``."""


def column_of(name: str) -> str:
    """Give the table column a field lives in.

    Examples
    --------
    >>> column_of("country"), column_of("properties.plan")
    ('country', 'properties')
    """
    head = name.split(".", 1)[0]
    return head if head in DOCUMENTS and "." in name else name


def field(table: Table, name: str, *, analysis: str = "this analysis") -> Any:
    """Give the expression of a column or of a value inside a JSON column (as text).

    Raises
    ------
    MissingColumnError
        The table has no such column.
    """
    if name in table.columns:
        return known(table[name])
    column = column_of(name)
    check_columns(table.columns, [column], analysis=analysis)
    return property_text(table, column, name.split(".", 1)[1])


def condition(table: Table, name: str, wanted: object, *, analysis: str = "this analysis") -> Any:
    """Give the expression that tells whether a field is as wanted; unknown never is, but to None and ``!=``.

    Parameters
    ----------
    wanted
        A value; None or NaN (is missing); a list or set (any of these); or a pair such as ``(">=", 100)``,
        with the operations ``= != > >= < <= contains matches``.

    Raises
    ------
    ArgumentError
        A value that this field can't be compared with.
    """
    value = field(table, name, analysis=analysis)
    if _is_missing(wanted):
        return value.isnull()
    if isinstance(wanted, tuple) and len(wanted) == 2 and isinstance(wanted[0], str) and wanted[0] in OPERATIONS:
        return _compared(*wanted, _comparable(value, name, table, wanted[1]), name)
    if isinstance(wanted, list | set | frozenset | tuple):
        return _any_of(table, name, wanted, analysis=analysis)
    return _compared("=", wanted, _comparable(value, name, table, wanted), name)


def described(name: str, wanted: object) -> str:
    """Write a condition in words.

    Examples
    --------
    >>> described("amount", (">=", 100)), described("country", ["GB", "NL"]), described("plan", None)
    ('amount >= 100', "country in ['GB', 'NL']", 'plan is missing')
    """
    if _is_missing(wanted):
        return f"{name} is missing"
    if isinstance(wanted, tuple) and len(wanted) == 2 and isinstance(wanted[0], str) and wanted[0] in OPERATIONS:
        return f"{name} {wanted[0]} {wanted[1]!r}"
    if isinstance(wanted, list | set | frozenset | tuple):
        return f"{name} in {sorted(wanted, key=str)!r}"
    return f"{name} = {wanted!r}"


def checked_operation(wanted: object) -> object:
    """Refuse a pair whose first word looks like an operation but is none."""
    if isinstance(wanted, tuple) and len(wanted) == 2 and isinstance(wanted[0], str) and not wanted[0].isalnum():
        one_of("operation", wanted[0], tuple(OPERATIONS))
    return wanted


def _any_of(table: Table, name: str, wanted: Iterable[object], *, analysis: str) -> Any:
    parts = [condition(table, name, one, analysis=analysis) for one in wanted]
    if not parts:
        raise ArgumentError(f"{name!r} is to be any of nothing", "List at least one value.")
    found = parts[0]
    for part in parts[1:]:
        found = found | part
    return found


def _comparable(value: Any, name: str, table: Table, wanted: object) -> Any:
    """Text from a JSON document is compared as a number where a number is wanted."""
    inside = name not in table.columns
    if inside and isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return value.try_cast("float64")
    return value


def _compared(asked: str, wanted: object, value: Any, name: str) -> Any:
    try:
        return OPERATIONS[asked](value, wanted).fill_null(False)  # noqa: FBT003
    except ibis.common.exceptions.IbisTypeError as problem:
        fact = f"{name!r} holds {value.type()} and can't be compared with {wanted!r}"
        raise ArgumentError(fact, "Ask for a value of the kind that is there.") from problem


def _is_missing(wanted: Any) -> bool:
    return wanted is None or (pd.api.types.is_scalar(wanted) and bool(pd.isna(wanted)))
