"""A fan: the known series, the forecast after it, and the interval it should stay in."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import figure_over, place_text
from analytics_lib.charts.chart import NO_DATA, Chart, LegendEntry
from analytics_lib.charts.formats import texts
from analytics_lib.charts.theme import ACCENT, BAD, PRIMARY, empty_figure


def draw_fan(
    history: pd.DataFrame,
    ahead: pd.DataFrame,
    *,
    x: str = "time",
    y: str = "value",
    low: str = "low",
    high: str = "high",
    title: str,
    value_format: str = "number",
    time_zone: str = "UTC",
    limit: float | None = None,
) -> Chart:
    """Draw a series and its forecast with the interval.

    Parameters
    ----------
    history
        One row per observation: `x`, `y`. Unknown values are gaps.
    ahead
        One row per step ahead: `x`, `y`, `low`, `high`.
    x, y, low, high
        Names of the columns.
    title
        What the picture shows.
    value_format
        ``number``, ``percent`` (a share in [0, 1]), ``bytes`` or ``duration`` (seconds).
    time_zone
        Zone of the clock on the axis.
    limit
        A value that must not be reached; drawn as a line.

    Raises
    ------
    MissingColumnError
        A frame lacks a named column.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-05-01", "2024-05-02"])
    >>> known = pd.DataFrame({"time": days[:1], "value": [3.0]})
    >>> ahead = pd.DataFrame({"time": days[1:], "value": [5.0], "low": [4.0], "high": [6.0]})
    >>> draw_fan(known, ahead, title="Users").description
    '1 values, then 1 step ahead: 5 (4 to 6) on Thu 02 May 2024.'
    """
    columns.require(history, x, y, chart="draw_fan")
    columns.require(ahead, x, y, low, high, chart="draw_fan")
    before = history.dropna(subset=[x]).sort_values(x, kind="stable")
    after = ahead.dropna(subset=[x, y])
    if before.empty or after.empty:
        return Chart(empty_figure(title=title, reason=NO_DATA), title, f"{NO_DATA}.")
    drawn = figure_over(
        before[x], title=title, x_label=None, y_label=y, value_format=value_format, time_zone=time_zone
    )  # fmt: skip
    places = [columns.wall_clock(part[x], time_zone) for part in (before, after)]
    ends = [columns.numbers(after[name]) for name in (low, y, high)]
    drawn.varea(x=places[1], y1=ends[0], y2=ends[2], fill_color=ACCENT, fill_alpha=0.25)
    drawn.line(*columns.with_gaps(places[0], columns.numbers(before[y])), line_color=PRIMARY, line_width=2)
    drawn.line(places[1], ends[1], line_color=ACCENT, line_width=2)
    if limit is not None:
        from bokeh.models.annotations import Span

        drawn.add_layout(Span(location=limit, dimension="width", line_color=BAD, line_dash="dashed", line_width=2))
    shown = [texts(end, value_format) for end in ends]
    source = _points(drawn, places[1], ends[1], place_text(after[x], time_zone), shown)
    named = [LegendEntry("value", PRIMARY), LegendEntry("forecast and interval", ACCENT)]
    named += [] if limit is None else [LegendEntry("limit", BAD, "dashed")]
    return Chart(
        drawn, title, _description(before, after, shown, place_text(after[x], time_zone)), tuple(named), source
    )


def _points(drawn: Any, places: Any, values: columns.Floats, names: list[str], shown: list[list[str]]) -> Any:
    from bokeh.models import ColumnDataSource, HoverTool

    source = ColumnDataSource(
        {"x": places, "y": values, "place": names, "low": shown[0], "shown": shown[1], "high": shown[2]}
    )
    points = drawn.scatter("x", "y", source=source, size=6, fill_alpha=0, line_color=None, hover_fill_alpha=1)
    found = [("", "@place"), ("forecast", "@shown"), ("interval", "@low to @high")]
    drawn.add_tools(HoverTool(renderers=[points], tooltips=found, mode="vline"))
    return source


def _description(before: pd.DataFrame, after: pd.DataFrame, shown: list[list[str]], names: list[str]) -> str:
    last = f"{shown[1][-1]} ({shown[0][-1]} to {shown[2][-1]}) on {names[-1]}"
    steps = f"{len(after):,} step{'s' if len(after) > 1 else ''}"
    return f"{len(before):,} values, then {steps} ahead: {last}."
