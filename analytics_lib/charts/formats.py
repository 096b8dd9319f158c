"""How numbers look on axes and in hovers: the same words as in tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from analytics_lib.checks import one_of
from analytics_lib.display import format_bytes, format_duration, format_number, format_percent

VALUE_FORMATS: Final[dict[str, Callable[[float | None], str]]] = {
    "number": format_number,
    "percent": format_percent,
    "bytes": format_bytes,
    "duration": format_duration,
}
"""The four ways to write a number; percent takes a share in [0, 1], duration takes seconds."""

_BYTES_TICK = """
const units = ["B", "kB", "MB", "GB", "TB", "PB"]
let size = Math.abs(tick), unit = 0
while (size >= 1000 && unit < units.length - 1) { size /= 1000; unit += 1 }
const shown = Number(size.toPrecision(4)).toLocaleString("en")
return (tick < 0 ? "−" : "") + shown + " " + units[unit]
"""

_DURATION_TICK = """
const sign = tick < 0 ? "−" : ""
let rest = Math.abs(tick)
if (rest > 0 && rest < 1) return sign + Math.round(rest * 1000) + " ms"
const parts = []
for (const [unit, length] of [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]]) {
  const amount = unit == "s" ? Number(rest.toPrecision(3)) : Math.floor(rest / length)
  if (amount > 0) { parts.push(amount.toLocaleString("en") + " " + unit); rest -= amount * length }
}
return sign + (parts.slice(0, 2).join(" ") || "0 s")
"""

_PERCENT_TICK = 'return Number((tick * 100).toPrecision(12)).toLocaleString("en", {maximumFractionDigits: 1}) + " %"'
_NUMBER_TICK = 'return tick.toLocaleString("en", {maximumSignificantDigits: 8}).replace("-", "−")'


def texts(values: Iterable[float | None], value_format: str) -> list[str]:
    """Write each value for people; unknown ones as a dash.

    Examples
    --------
    >>> texts([0.5, float("nan")], "percent")
    ['50.0 %', '–']
    """
    write = VALUE_FORMATS[one_of("value_format", value_format, VALUE_FORMATS)]
    return [write(value) for value in values]


def tick_formatter(value_format: str) -> Any:
    """Give the Bokeh formatter of an axis.

    Raises
    ------
    ArgumentError
        No such format.
    """
    from bokeh.models import CustomJSTickFormatter

    code = {
        "number": _NUMBER_TICK,
        "percent": _PERCENT_TICK,
        "bytes": _BYTES_TICK,
        "duration": _DURATION_TICK,
    }
    return CustomJSTickFormatter(code=code[one_of("value_format", value_format, VALUE_FORMATS)])


def ticker(value_format: str) -> Any:
    """Give the Bokeh ticker that lands on round values of the format: 15 minutes, not 1,000 seconds."""
    from bokeh.models import AdaptiveTicker, BasicTicker

    if value_format == "duration":
        return AdaptiveTicker(base=60, mantissas=[1, 2, 5, 10, 15, 30], desired_num_ticks=5)
    return BasicTicker(desired_num_ticks=5)


def axis_label(column: str) -> str:
    """Give the words of a column's name; a column counts ``users``, a reader sees people.

    Examples
    --------
    >>> axis_label("active_users"), axis_label("retention_rate"), axis_label("median_seconds")
    ('active people', 'retention rate', 'median time')
    """
    words = re.sub(r"\busers\b", "people", column.removesuffix("_seconds").replace("_", " "))
    return f"{words} time" if column.endswith("_seconds") else words
