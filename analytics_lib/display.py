"""Numbers to text: one place, and the column's name says how."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

UNKNOWN: Final = "–"
"""How an unknown value is shown; never 0, never an empty cell."""

_BYTE_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")


def format_number(value: float | None, *, decimals: int | None = None) -> str:
    """Write a number for people: thousands separated, only as many decimals as tell something.

    Examples
    --------
    >>> format_number(1234567), format_number(3.14159), format_number(None)
    ('1,234,567', '3.14', '–')
    """
    if _unknown(value):
        return UNKNOWN
    number = float(value or 0)
    if decimals is None:
        decimals = 0 if number == int(number) or abs(number) >= 1000 else (2 if abs(number) >= 1 else 4)
    return f"{number:,.{decimals}f}"


def format_percent(share: float | None, *, decimals: int = 1) -> str:
    """Write a share in [0, 1] as a percentage with one decimal.

    Examples
    --------
    >>> format_percent(0.1234), format_percent(float("nan"))
    ('12.3 %', '–')
    """
    return UNKNOWN if _unknown(share) else f"{float(share or 0) * 100:,.{decimals}f} %"


def format_change(share: float | None) -> str:
    """Write a relative change with its sign and an arrow.

    Examples
    --------
    >>> format_change(0.052), format_change(-0.5), format_change(None)
    ('▲ +5.2 %', '▼ −50.0 %', '–')
    """
    if _unknown(share):
        return UNKNOWN
    change = float(share or 0)
    arrow, sign = ("▲", "+") if change > 0 else ("▼", "−") if change < 0 else ("■", "")
    return f"{arrow} {sign}{abs(change) * 100:,.1f} %"


def format_points(difference: float | None) -> str:
    """Write how far a share moved, in percentage points, with its sign and an arrow.

    Examples
    --------
    >>> format_points(0.037), format_points(-0.356), format_points(None)
    ('▲ +3.7 points', '▼ −35.6 points', '–')
    """
    return format_change(difference).replace(" %", " points")


def format_bytes(size: float | None) -> str:
    """Write a size in bytes with a decimal unit (1 kB = 1,000 B).

    Examples
    --------
    >>> format_bytes(999), format_bytes(1_500_000)
    ('999 B', '1.5 MB')
    """
    if _unknown(size):
        return UNKNOWN
    amount, unit = float(size or 0), 0
    while abs(amount) >= 1000 and unit < len(_BYTE_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:,.0f} {_BYTE_UNITS[0]}" if unit == 0 else f"{amount:,.1f} {_BYTE_UNITS[unit]}"


def format_count(count: int, one: str, many: str = "") -> str:
    """Write how many there are, with the word that fits.

    Examples
    --------
    >>> format_count(1, "day"), format_count(1200, "day"), format_count(0, "person", "people")
    ('1 day', '1,200 days', '0 people')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def format_duration(seconds: float | None) -> str:
    """Write a length of time with its two largest units.

    Examples
    --------
    >>> format_duration(0.25), format_duration(75), format_duration(93_600)
    ('250 ms', '1 min 15 s', '1 d 2 h')
    """
    if _unknown(seconds):
        return UNKNOWN
    total = float(seconds or 0)
    if 0 < abs(total) < 1:
        return f"{total * 1000:,.0f} ms"
    parts = []
    rest = round(abs(total))
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        amount, rest = divmod(rest, length)
        if amount:
            parts.append(f"{amount:,} {unit}")
    return ("−" if total < 0 else "") + (" ".join(parts[:2]) or "0 s")


def spell_duration(length: timedelta) -> str:
    """Write a length of time exactly, in words: what a definition promises must not be rounded.

    Examples
    --------
    >>> spell_duration(timedelta(days=14)), spell_duration(timedelta(minutes=90))
    ('14 days of 24 hours', '1 hour 30 minutes')
    >>> spell_duration(timedelta(0)), spell_duration(timedelta(microseconds=1))
    ('0 seconds', '0.000001 seconds')
    """
    rest, parts = length, []
    for unit, size in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount:,} {unit}{'s' if amount > 1 else ''}{' of 24 hours' if unit == 'day' else ''}")
    if rest or not parts:
        seconds = f"{rest.total_seconds():.6f}".rstrip("0").rstrip(".")
        parts.append(f"{seconds} second{'' if seconds == '1' else 's'}")
    return " ".join(parts)


def format_moment(when: datetime | date | None) -> str:
    """Write a moment in UTC without idle zeros; a midnight is just its day."""
    if when is None or when != when:  # NaT is not itself
        return UNKNOWN
    if isinstance(when, datetime):
        midnight = (when.hour, when.minute, when.second, when.microsecond) == (0, 0, 0, 0)
        return when.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
    return when.isoformat()


def format_column(column: str, values: Iterable[object]) -> list[str]:
    """Write the cells of a column under each other: its numbers all have the same digits.

    Examples
    --------
    >>> format_column("score", [0, 0.1699, None]), format_column("users", [1200, 3])
    (['0.0000', '0.1699', '–'], ['1,200', '3'])
    """
    cells = list(values)
    decimals = _column_decimals([float(cell) for cell in cells if _is_number(cell)])  # type: ignore[arg-type]
    return [format_value(column, cell, decimals=decimals) for cell in cells]


def _column_decimals(numbers: Sequence[float]) -> int:
    """Give the digits of the largest number, or more where a number that is not 0 would read as 0."""
    if all(number == int(number) or abs(number) >= 1000 for number in numbers):
        return 0
    sizes = [abs(number) for number in numbers if number]
    return 2 if max(sizes) >= 1 and min(sizes) >= 0.005 else 4


def format_value(column: str, value: object, *, decimals: int | None = None) -> str:
    """Write one cell of a frame; the column's name decides how, `decimals` only where it names no kind.

    ``…_rate`` and ``relative…`` are percentages, ``…_seconds`` durations, ``…_ms`` milliseconds,
    ``…_bytes`` sizes, with ``_low`` and ``_high`` behind it the ends of an interval of the same; times are UTC, the
    rest numbers or text.

    Examples
    --------
    >>> format_value("step_rate", 0.5), format_value("median_seconds", 90), format_value("users", 1200)
    ('50.0 %', '1 min 30 s', '1,200')
    """
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, date):
        return format_moment(value)
    if value is None or _unknown(value):
        return UNKNOWN
    if not isinstance(value, int | float) and not hasattr(value, "__float__"):
        return str(value)
    return _format_by_name(column, float(value), decimals)


def _format_by_name(column: str, value: float, decimals: int | None) -> str:
    column = column.removesuffix("_low").removesuffix("_high")  # the ends of an interval are what it is about
    if column.endswith("_rate") or column.startswith("relative"):
        return format_percent(value)
    if column.endswith("_seconds"):
        return format_duration(value)
    if column.endswith("_bytes"):
        return format_bytes(value)
    if column.endswith("_ms"):
        return f"{format_number(value, decimals=decimals)} ms"
    if column == "p_value":
        return "< 0.0001" if value < 0.0001 else f"{value:.4f}"
    return format_number(value, decimals=decimals)


def _is_number(value: object) -> bool:
    known = not isinstance(value, str) and type(value).__name__ != "bool" and not _unknown(value)
    return known and hasattr(value, "__float__")


def _unknown(value: object) -> bool:
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, float) and not math.isfinite(value)
