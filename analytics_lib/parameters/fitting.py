"""One value for one kind: text and native values meet the same check."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from analytics_lib.parameters.kinds import Kind

_BOOLEANS: Final = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


SAID: Final = {
    "str": ("text", 'text, like "shop"'),
    "int": ("a whole number", "a whole number, like 42"),
    "float": ("a number", "a finite number, like 0.5"),
    "bool": ("true or false", "true or false"),
    "date": ("a day", "an ISO day, like 2024-05-13"),
    "datetime": ("a moment", "an ISO moment, like 2024-05-13T08:00:00Z"),
}
"""What a value of each kind is called, and how one is written."""


class RefusedError(Exception):
    """Internal: a value does not fit its kind; the message says what it is not."""


def fit(kind: Kind, value: object) -> Any:
    """Give a value as its kind has it.

    Raises
    ------
    RefusedError
        It does not fit.

    Examples
    --------
    >>> fit(Kind("date"), "2024-05-01"), fit(Kind("list", item=Kind("int")), "1, 2")
    (datetime.date(2024, 5, 1), [1, 2])
    """
    if kind.optional and (value is None or value == ""):
        return None
    if kind.name == "list" and kind.item:
        return _fit_list(kind.item, value)
    if kind.name == "choice":
        return _fit_choice(kind, value)
    fitted = _from_text(kind.name, value) if isinstance(value, str) else _from_native(kind.name, value)
    if fitted is None:
        raise RefusedError(f"is not {SAID[kind.name][0]}")
    return fitted


def _fit_list(item: Kind, value: object) -> list[Any]:
    if isinstance(value, str):
        value = _split(value)
    if not isinstance(value, Sequence) or isinstance(value, bytes):
        raise RefusedError("is not a list")
    return [fit(item, entry) for entry in value]


def _split(text: str) -> list[Any]:
    if not text.strip().startswith("["):
        return [entry.strip() for entry in text.split(",")] if text.strip() else []
    try:
        return list(json.loads(text))
    except ValueError:
        raise RefusedError("begins like a JSON array but is not one") from None


def _fit_choice(kind: Kind, value: object) -> Any:
    for choice in kind.choices:  # 1 and True are equal in Python, but not the same answer
        if value == choice and type(value) is type(choice):
            return choice
    for choice in kind.choices:
        if isinstance(value, str) and not isinstance(choice, str) and value.lower() == str(choice).lower():
            return choice
    raise RefusedError("is not one of the choices")


def _from_text(kind: str, text: str) -> Any:
    if kind == "str":
        return text
    try:
        return _READERS[kind](text.strip())
    except (ValueError, OverflowError):
        return None


def _from_native(kind: str, value: object) -> Any:
    if isinstance(value, bool):
        return value if kind == "bool" else None
    if isinstance(value, int) and kind in {"int", "float"}:
        return _exact_float(value) if kind == "float" else value
    if isinstance(value, float) and kind == "float":
        return _finite(value)
    if isinstance(value, datetime):  # before date: a datetime is a date too, but not a day
        return _utc(value) if kind == "datetime" else None
    if isinstance(value, date):
        return {"date": date(value.year, value.month, value.day), "datetime": _midnight(value)}.get(kind)
    return None


def _exact_float(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _utc(when: datetime) -> datetime:
    aware = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return datetime.fromisoformat(aware.astimezone(UTC).isoformat())  # a plain datetime, whatever came in


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "int": lambda text: int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else None,
    "float": lambda text: _finite(float(text)) if text.isascii() and "_" not in text else None,
    "bool": lambda text: _BOOLEANS.get(text.lower()),
    "date": lambda text: date.fromisoformat(text) if len(text) == 10 else None,
    "datetime": lambda text: _utc(datetime.fromisoformat(text)),
}
