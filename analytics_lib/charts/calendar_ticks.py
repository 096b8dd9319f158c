"""Ticks of a time axis on the data's own calendar: weeks are marked where they begin, months on their first day."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

Unit = Literal["day", "week", "month"]

_DAY: Final = np.timedelta64(1, "D")
_FIRST_MONDAY: Final = 4 * 86_400_000.0
"""5 January 1970 in milliseconds."""

_TICKS: Final = """
const day = 86400000, most = 7, span = Math.abs(cb_data.end - cb_data.start)
const from = Math.min(cb_data.start, cb_data.end), to = Math.max(cb_data.start, cb_data.end), ticks = []
const steps = unit == "day" ? [1, 2, 7, 14] : unit == "week" ? [7, 14, 28, 56, 91, 182, 364, 728, 1820] : []
const step = steps.find((days) => span / (days * day) <= most)
if (step !== undefined) {
  const length = step * day
  for (let at = anchor + Math.ceil((from - anchor) / length) * length; at <= to; at += length) ticks.push(at)
  return ticks
}
const months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].find((count) => span / (count * 30.4 * day) <= most) ?? 1200
const first = new Date(from), begin = first.getUTCFullYear() * 12 + first.getUTCMonth()
for (let month = Math.floor(begin / months) * months; ; month += months) {
  const at = Date.UTC(Math.floor(month / 12), month % 12, 1)
  if (at > to) return ticks
  if (at >= from) ticks.push(at)
}
"""

_WORDS: Final = """
const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const dates = ticks.map((at) => new Date(at)), shown = new Date(tick), year = shown.getUTCFullYear()
const begins = dates.every((one) => one.getUTCDate() == 1)
const many = new Set(dates.map((one) => one.getUTCFullYear())).size > 1
if (begins && ticks.length > 1) {
  const years = dates.every((one) => one.getUTCMonth() == 0)
  return years ? String(year) : names[shown.getUTCMonth()] + " " + year
}
const words = String(shown.getUTCDate()).padStart(2, "0") + " " + names[shown.getUTCMonth()]
return many ? words + " " + year : words
"""


def calendar_unit(clock: npt.NDArray[np.datetime64]) -> Unit | None:
    """Tell which part of the calendar a series counts: days, weeks or months; None for the hours within a day.

    Parameters
    ----------
    clock
        Naive wall-clock times, in any order.

    Examples
    --------
    >>> mondays = np.array(["2024-06-03", "2024-06-10", "2024-06-17"], "datetime64[ms]")
    >>> calendar_unit(mondays), calendar_unit(mondays[:1]), calendar_unit(mondays + np.timedelta64(1, "h"))
    ('week', 'day', None)
    """
    known = np.unique(clock[~np.isnat(clock)])
    days = known.astype("datetime64[D]")
    if not len(known) or bool((known != days).any()):
        return None
    steps = np.diff(days) // _DAY
    if len(steps) and bool((days == days.astype("datetime64[M]")).all()):
        return "month"
    return "week" if len(steps) and bool((steps % 7 == 0).all()) else "day"


def follow_calendar(axis: Any, clock: npt.NDArray[np.datetime64]) -> bool:
    """Mark the days, week starts or months of a series on its axis; False where it counts none of them."""
    from bokeh.models import CustomJSTicker, CustomJSTickFormatter

    unit = calendar_unit(clock)
    if unit is None:
        return False
    first = float(np.nanmin(clock.astype("datetime64[ms]")).astype("int64"))
    anchor = first if unit == "week" else _FIRST_MONDAY
    axis.ticker = CustomJSTicker(major_code=_TICKS, args={"unit": unit, "anchor": anchor})
    axis.formatter = CustomJSTickFormatter(code=_WORDS)
    return True
