"""Argument checks that all read alike: what was given, what is allowed, what to do."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from numbers import Real
from typing import TypeVar

from analytics_lib.errors import ArgumentError, MissingColumnError, did_you_mean

Choice = TypeVar("Choice", bound=str)


def one_of(name: str, value: Choice, allowed: Collection[str]) -> Choice:
    """Give `value` back if it is one of `allowed`.

    Raises
    ------
    ArgumentError
        It is not; the message lists what is allowed and the nearest name.

    Examples
    --------
    >>> one_of("order", "strict", ["ordered", "strict", "any"])
    'strict'
    """
    if value not in allowed:
        listed = ", ".join(repr(word) for word in allowed)
        raise ArgumentError(
            f"{name}={value!r} is not one of {listed}", did_you_mean(str(value), allowed) or "Give one of them."
        )
    return value


def names(name: str, values: Iterable[str] | None, *, at_least: int = 0, at_most: int | None = None) -> tuple[str, ...]:
    """Give a tuple of names; a bare string is refused, since it would become letters.

    Raises
    ------
    ArgumentError
        A bare string, a value that is not text, an empty name, or too few or too many of them.

    Examples
    --------
    >>> names("steps", ["view", "buy"], at_least=2)
    ('view', 'buy')
    """
    if isinstance(values, str):
        written = f"[{values!r}]" if at_least <= 1 else f"[{values!r}, …] with at least {at_least} names"
        raise ArgumentError(f"{name}={values!r} is one string, not a list of names", f"Write {written}.")
    if values is not None and not isinstance(values, Iterable):
        raise ArgumentError(f"{name}={values!r} is no name, and no list of them", "Give non-empty strings.")
    given = tuple(values or ())
    wrong = [value for value in given if not isinstance(value, str) or not value]
    if wrong:
        raise ArgumentError(f"{name} holds {wrong[0]!r}, which is not a name", "Give non-empty strings.")
    count_between(name, len(given), at_least, at_most)
    return given


def count_between(name: str, count: int, low: int, high: int | None = None) -> int:
    """Give `count` back if it lies in [low, high]."""
    if count < low or (high is not None and count > high):
        allowed = f"at least {low}" if high is None else f"{low} to {high}"
        raise ArgumentError(f"{name} has {count} {'entry' if count == 1 else 'entries'}", f"Give {allowed}.")
    return count


def number_between(name: str, value: float, low: float, high: float, *, inclusive: bool = False) -> float:
    """Give `value` back if it lies between `low` and `high` (strictly, unless `inclusive`).

    Examples
    --------
    >>> number_between("confidence", 0.95, 0, 1)
    0.95
    """
    inside = low <= value <= high if inclusive else low < value < high
    if isinstance(value, bool) or not math.isfinite(value) or not inside:
        kind = "from" if inclusive else "strictly between"
        raise ArgumentError(f"{name}={value!r} is out of range", f"Give a number {kind} {low:g} and {high:g}.")
    return float(value)


def whole_number(name: str, value: int, *, at_least: int = 0, at_most: int | None = None) -> int:
    """Give `value` back if it is a whole number in the range."""
    number = isinstance(value, Real) and not isinstance(value, bool) and value == value // 1
    if not number or value < at_least or (at_most is not None and value > at_most):
        allowed = f"of at least {at_least}" if at_most is None else f"from {at_least} to {at_most}"
        raise ArgumentError(f"{name}={value!r} can't be used", f"Give a whole number {allowed}.")
    return int(value)


def columns(found: Collection[str], needed: Iterable[str], *, analysis: str) -> None:
    """Refuse a table that lacks a column the analysis needs.

    Raises
    ------
    MissingColumnError
        Names the missing columns first, then the nearest match and some of those that are there.
    """
    missing = [column for column in needed if column not in found]
    if missing:
        named = ", ".join(repr(column) for column in missing)
        fact = f"{analysis} needs the column{'s' if len(missing) > 1 else ''} {named}, which the table does not have"
        advice = f"Rename the column before handing the table over. {did_you_mean(missing[0], found)}".rstrip()
        raise MissingColumnError(fact, f"{advice} The table has {_some(found)}.")


def _some(found: Collection[str], most: int = 12) -> str:
    shown = ", ".join(sorted(found)[:most]) or "no column"
    return f"{shown} and {len(found) - most} more" if len(found) > most else shown
