"""One series in several parts, one above the other over the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import figure_over
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import axis_label
from analytics_lib.charts.theme import series_style
from analytics_lib.charts.thinning import MOST_POINTS, thinning_words
from analytics_lib.charts.words import describe_series

PANEL_HEIGHT = 150
"""Pixels of one panel."""


def draw_panels(
    frame: pd.DataFrame,
    *,
    x: str,
    panels: Sequence[str],
    title: str,
    value_format: str = "number",
    time_zone: str = "UTC",
) -> Chart:
    """Draw columns of a frame as lines in panels that share and move with one time axis.

    Parameters
    ----------
    frame
        One row per place on `x`. Unknown values are gaps in the line.
    x
        Column with a time or a number.
    panels
        Columns with the values, top down; the first one is described in words.
    title
        What the picture shows.
    value_format
        ``number``, ``percent``, ``bytes`` or ``duration``.
    time_zone
        Zone of the clock on the axis.

    Examples
    --------
    >>> frame = pd.DataFrame({"step": [0, 1], "observed": [3, 5], "trend": [4.0, 4.0]})
    >>> draw_panels(frame, x="step", panels=["observed", "trend"], title="Parts").description
    '2 panels: observed, trend. 2 values from 0 to 1; lowest 3, highest 5.'
    """
    for panel in panels:
        columns.require(frame, x, panel, None, chart="draw_panels")
    rows = frame.dropna(subset=[x]).sort_values(x, kind="stable")
    if rows.empty or not panels or bool(rows[list(panels)].isna().all(axis=None)):
        return nothing_to_draw(title, rows)
    figures = [
        _draw_panel(rows, x=x, panel=panel, index=index, last=index == len(panels) - 1,
                    value_format=value_format, time_zone=time_zone)
        for index, panel in enumerate(panels)
    ]  # fmt: skip
    for figure in figures[1:]:
        figure.x_range = figures[0].x_range
    said = describe_series(rows, x=x, y=panels[0], value_format=value_format, time_zone=time_zone)
    names = ", ".join(axis_label(panel) for panel in panels)
    said += thinning_words(min(len(rows), MOST_POINTS), len(rows))
    return Chart(_stacked(figures), title, f"{len(panels)} panels: {names}. {said}")


def _draw_panel(
    rows: pd.DataFrame, *, x: str, panel: str, index: int, last: bool, value_format: str, time_zone: str
) -> Any:
    from bokeh.models import ColumnDataSource

    drawn = figure_over(
        rows[x], title=axis_label(panel), x_label=None if last else " ", y_label=panel, value_format=value_format,
        time_zone=time_zone, height=PANEL_HEIGHT + (40 if last else 0),
    )  # fmt: skip
    drawn.xaxis.visible = last
    places = columns.wall_clock(rows[x], time_zone) if columns.is_time(rows[x]) else columns.numbers(rows[x])
    broken_places, values = columns.path(places, columns.numbers(rows[panel]))
    source = ColumnDataSource({"x": broken_places, "y": values}, name=f"panel-{index}")
    drawn.line("x", "y", source=source, line_width=1.5, line_color=series_style(index).colour)
    drawn.yaxis.axis_label_standoff = 4
    drawn.min_border_left = 90  # the same for all, so that one time lies under the other
    return drawn


def _stacked(figures: list[Any]) -> Any:
    from bokeh.layouts import column

    return column(*figures, sizing_mode="stretch_width", spacing=4)
