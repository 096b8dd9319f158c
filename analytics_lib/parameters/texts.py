"""Typed values as they travel: as notebooks see them, as Python literals, as text of a command line or an address."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

from analytics_lib.errors import ParameterError


def wire_value(value: Any) -> Any:
    """Give a typed value as the notebook sees it: days and moments as ISO text, the rest unchanged.

    Examples
    --------
    >>> wire_value(date(2024, 5, 1)), wire_value([1, 2])
    ('2024-05-01', [1, 2])
    """
    if isinstance(value, list | tuple):
        return [wire_value(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def encode(value: Any) -> str:
    r"""Write a typed value as the Python literal that enters the notebook.

    Raises
    ------
    ParameterError
        The value has no literal of a parameter's kind.

    Examples
    --------
    >>> encode(date(2024, 5, 1)), encode("it's"), encode([True, None])
    ("'2024-05-01'", '"it\'s"', '[True, None]')
    """
    plain = wire_value(value)
    if isinstance(plain, list):
        return f"[{', '.join(encode(entry) for entry in plain)}]"
    if plain is None or isinstance(plain, bool | int | str) or (isinstance(plain, float) and math.isfinite(plain)):
        return ascii(plain)  # escapes whatever an editor or a terminal could change
    raise ParameterError(f"{value!r} can't be written into a notebook", "Give text, numbers, days, or lists of them.")


def to_text(value: Any) -> str:
    """Write a typed value as the text of a command line or a URL.

    :func:`~analytics_lib.parameters.validation.validate` reads it back unchanged.

    Examples
    --------
    >>> to_text(None), to_text(True), to_text(["a", "b"]), to_text(["a,b"])
    ('', 'true', 'a,b', '["a,b"]')
    """
    plain = wire_value(value)
    if plain is None:
        return ""
    if isinstance(plain, list):
        entries = [to_text(entry) for entry in plain]
        plainly = all(entry and entry == entry.strip() and not set(entry) & set(',["') for entry in entries)
        return ",".join(entries) if entries and plainly else json.dumps(plain)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)
