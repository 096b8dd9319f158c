"""Axes of the cartesian charts: the place axis follows its column, the value axis its format."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.calendar_ticks import follow_calendar
from analytics_lib.charts.formats import axis_label, tick_formatter, ticker
from analytics_lib.charts.theme import FONT, HEIGHT, new_figure
from analytics_lib.display import format_number

LIVE_TOOLS = "xbox_zoom,reset,save"
PICK_TOOLS = "xbox_select,tap,xbox_zoom,reset,save"


def figure_over(
    place: pd.Series[Any],
    *,
    title: str,
    x_label: str | None,
    y_label: str,
    value_format: str,
    time_zone: str = "UTC",
    height: int = HEIGHT,
    selectable: bool = False,
) -> Any:
    """Give a figure whose x axis suits the column: a wall clock for times, else numbers, whole ones at whole steps."""
    from bokeh.models import BasicTicker, BoxSelectTool

    over_time = columns.is_time(place)
    words = x_label or (f"time ({time_zone})" if over_time else axis_label(str(place.name)))
    drawn = new_figure(
        title=title, x_label=words, y_label=axis_label(y_label), height=height,
        x_axis_type="datetime" if over_time else "auto", tools=PICK_TOOLS if selectable else LIVE_TOOLS,
    )  # fmt: skip
    if over_time and not follow_calendar(drawn.xaxis[0], columns.wall_clock(place, time_zone)):
        drawn.xaxis.formatter = _clock_formatter()
        drawn.xaxis.ticker.desired_num_ticks = 6
    if not over_time and _whole(columns.numbers(place)):
        drawn.xaxis.ticker = BasicTicker(min_interval=1)  # nothing happens half a period after the start
    if selectable:
        drawn.toolbar.active_drag = drawn.select_one({"type": BoxSelectTool})
    style_values(drawn, value_format)
    return drawn


def _whole(places: npt.NDArray[np.float64]) -> bool:
    known = places[np.isfinite(places)]
    return bool((known == np.round(known)).all())


def style_values(drawn: Any, value_format: str, *, horizontal: bool = False) -> None:
    """Write the value axis in its format with round steps, the grid on the same steps."""
    axis, grid = (drawn.xaxis[0], drawn.xgrid[0]) if horizontal else (drawn.yaxis[0], drawn.ygrid[0])
    axis.formatter = tick_formatter(value_format)
    axis.ticker = grid.ticker = ticker(value_format)


def over_all(drawn: Any, places: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> None:
    """Let an axis of numbers reach over the unknown values at its ends; a point alone would stand between −1 and 1."""
    from bokeh.models import Range1d

    known = places[np.isfinite(values)]
    if known.size and (known.min() > places.min() or known.max() < places.max()):
        space = 0.05 * float(places.max() - places.min())
        drawn.x_range = Range1d(start=float(places.min()) - space, end=float(places.max()) + space)


def from_zero(value_range: Any, *values: npt.NDArray[np.float64]) -> None:
    """Let a value axis begin at zero unless values lie below; a cut axis makes small changes look large."""
    known = np.concatenate(values) if values else np.array([])
    known = known[np.isfinite(known)]
    value_range.range_padding = 0.06
    if known.size == 0 or known.min() >= 0:
        value_range.start = 0
    if known.size and known.max() == 0 and known.min() == 0:
        value_range.end = 1  # all zero: a range without length has no axis


def _clock_formatter() -> Any:
    from bokeh.models import DatetimeTickFormatter

    return DatetimeTickFormatter(
        milliseconds="%H:%M:%S", seconds="%H:%M:%S", minsec="%H:%M:%S", minutes="%H:%M", hourmin="%H:%M",
        hours="%H:%M", days="%d %b", months="%b %Y", years="%Y",
    )  # fmt: skip


def hover_text(shown: list[str], finished: npt.NDArray[np.bool_]) -> list[str]:
    """Say beside a value that its bucket was not observed as a whole."""
    return [text if done else f"{text} (incomplete)" for text, done in zip(shown, finished, strict=True)]


def place_text(place: pd.Series[Any], time_zone: str = "UTC") -> list[str]:
    """Give the words for each place on the x axis."""
    if not columns.is_time(place):
        return [format_number(float(value)) for value in columns.numbers(place)]
    clock = pd.Series(columns.wall_clock(place, time_zone))
    days = bool((clock == clock.dt.normalize()).all())
    return [when.strftime("%a %d %b %Y" if days else "%a %d %b %Y %H:%M") for when in clock]


def add_hover(
    drawn: Any, head: str, *lines: str, renderers: list[Any], mode: Literal["mouse", "vline"] = "mouse"
) -> None:
    """Show a value and its place while the pointer rests on a mark; the texts come from data columns."""
    from bokeh.models import HoverTool

    rest = "".join(f"<br>{line}" for line in lines)
    box = f'<div style="font:12px/1.5 {FONT};padding:2px 4px"><b>{head}</b>{rest}</div>'
    tool = HoverTool(tooltips=box, renderers=renderers, mode=mode, attachment="horizontal", visible=False)
    drawn.add_tools(tool)
