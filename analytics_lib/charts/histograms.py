"""How values are distributed: bars side by side over their ranges."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import LIVE_TOOLS, from_zero, style_values
from analytics_lib.charts.chart import NO_DATA, Chart
from analytics_lib.charts.formats import VALUE_FORMATS, axis_label, texts, tick_formatter, ticker
from analytics_lib.charts.theme import HEIGHT, PRIMARY, empty_figure, new_figure


def draw_histogram(
    frame: pd.DataFrame,
    *,
    title: str,
    low: str = "low",
    high: str = "high",
    count: str = "count",
    x_label: str = "value",
    value_format: str = "number",
    height: int = HEIGHT,
) -> Chart:
    """Draw how often values fall into each range.

    Parameters
    ----------
    frame
        One row per range with its lower and upper end and how often it was met.
    title
        What the picture shows.
    low, high, count
        Columns of the frame. A range without width (constant data) is drawn one unit wide.
    x_label
        What the values are.
    value_format
        How the values are written: ``number``, ``percent``, ``bytes`` or ``duration`` (seconds).

    Examples
    --------
    >>> frame = pd.DataFrame({"low": [0, 10], "high": [10, 20], "count": [4, 6]})
    >>> draw_histogram(frame, title="Order values").description
    '10 values in 2 ranges from 0 to 20; most often from 10 to 20 (6).'
    """
    columns.require(frame, low, high, None, chart="draw_histogram")
    columns.require(frame, count, count, None, chart="draw_histogram")
    counts = columns.numbers(frame[count])
    if len(frame) == 0 or counts.sum() == 0:
        return Chart(empty_figure(title=title, reason=NO_DATA), title, f"{NO_DATA}.")
    drawn = _bars(frame, low=low, high=high, counts=counts, title=title, x_label=x_label, value_format=value_format,
                  height=height)  # fmt: skip
    write, most = VALUE_FORMATS[value_format], int(np.argmax(counts))
    lows, highs = columns.numbers(frame[low]), columns.numbers(frame[high])
    said = (
        f"{counts.sum():,.0f} values in {len(frame)} ranges from {write(lows[0])} to {write(highs[-1])}; "
        f"most often from {write(lows[most])} to {write(highs[most])} ({counts[most]:,.0f})."
    )
    return Chart(drawn, title, said)


def _bars(
    frame: pd.DataFrame, *, low: str, high: str, counts: columns.Floats, title: str, x_label: str, value_format: str,
    height: int,
) -> object:  # fmt: skip
    from bokeh.models import ColumnDataSource, HoverTool

    lows, highs = columns.numbers(frame[low]), columns.numbers(frame[high])
    flat = 0.5 * (highs == lows)
    labels = [
        f"{first} to {last}" for first, last in zip(texts(lows, value_format), texts(highs, value_format), strict=True)
    ]
    source = ColumnDataSource(
        {"left": lows - flat, "right": highs + flat, "top": counts, "range": labels, "shown": texts(counts, "number")},
        name="bars-0",
    )
    drawn = new_figure(title=title, x_label=axis_label(x_label), y_label="count", height=height, tools=LIVE_TOOLS)
    style_values(drawn, "number")
    drawn.xaxis[0].formatter, drawn.xaxis[0].ticker = tick_formatter(value_format), ticker(value_format)
    from_zero(drawn.y_range, counts)
    drawn.quad(left="left", right="right", top="top", bottom=0, source=source, color=PRIMARY, line_color="white",
               line_width=1, name="hover-0")  # fmt: skip
    drawn.add_tools(HoverTool(tooltips=[("range", "@range"), ("count", "@shown")]))
    return drawn
