"""A series and where it changed: the values, the level or line of each stretch, and a mark at every change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import figure_over, from_zero, place_text
from analytics_lib.charts.chart import Chart, LegendEntry, nothing_to_draw
from analytics_lib.charts.formats import texts
from analytics_lib.charts.theme import ACCENT, BAD, NEUTRAL
from analytics_lib.charts.thinning import MOST_POINTS, telling, thinning_words


def draw_steps(
    frame: pd.DataFrame,
    changes: pd.DataFrame,
    *,
    x: str = "time",
    y: str = "value",
    fitted: str = "fitted",
    kind: str = "kind",
    title: str,
    value_format: str = "number",
    time_zone: str = "UTC",
) -> Chart:
    """Draw a series, the line of each stretch between changes, and a mark at every change.

    Parameters
    ----------
    frame
        One row per observation: `x`, `y` and `fitted`, what the stretch says. Unknown values are gaps.
    changes
        One row per change: `x`, its first observation, and `kind` in words. May be empty.
    x, y, fitted, kind
        Names of the columns.
    title
        What the picture shows.
    value_format
        ``number``, ``percent`` (a share in [0, 1]), ``bytes`` or ``duration`` (seconds).
    time_zone
        Zone of the clock on the axis.

    Raises
    ------
    MissingColumnError
        A frame lacks a named column.

    Examples
    --------
    >>> frame = pd.DataFrame({"time": pd.to_datetime(["2024-05-01", "2024-05-02"]), "value": [3, 5], "fitted": [3, 5]})
    >>> changes = pd.DataFrame({"time": frame["time"][1:], "kind": ["mean"]})
    >>> draw_steps(frame, changes, title="Users").description
    '2 values; 1 change: mean on Thu 02 May 2024.'
    """
    columns.require(frame, x, y, fitted, chart="draw_steps")
    columns.require(changes, x, kind, chart="draw_steps")
    rows = frame.dropna(subset=[x]).sort_values(x, kind="stable")
    if rows.empty or bool(rows[y].isna().all()):
        return nothing_to_draw(title, rows)
    drawn = figure_over(
        rows[x], title=title, x_label=None, y_label=y, value_format=value_format, time_zone=time_zone
    )  # fmt: skip
    values = columns.numbers(rows[y])
    if np.nanmin(values) < 1.5 * np.ptp(values[np.isfinite(values)]):  # else the values would be a flat line far up
        from_zero(drawn.y_range, values)
    source = _draw_values(drawn, rows, (x, y, fitted), changes[x], value_format=value_format, time_zone=time_zone)
    said = [f"{name} on {place}" for name, place in zip(changes[kind], place_text(changes[x], time_zone), strict=True)]
    _draw_changes(drawn, columns.wall_clock(changes[x], time_zone) if columns.is_time(rows[x]) else changes[x], said)
    legend = (LegendEntry("value", NEUTRAL), LegendEntry("stretch", ACCENT), LegendEntry("change", BAD, "dashed"))
    described = _description(len(rows), said) + thinning_words(len(source.data["x"]), len(rows))
    return Chart(drawn, title, described, legend, source)


def _draw_values(
    drawn: Any, rows: pd.DataFrame, names: tuple[str, str, str], changes: pd.Series[Any], *, value_format: str,
    time_zone: str,
) -> Any:  # fmt: skip
    from bokeh.models import ColumnDataSource, HoverTool

    x, y, fitted = names
    places = columns.wall_clock(rows[x], time_zone) if columns.is_time(rows[x]) else columns.numbers(rows[x])
    values = columns.numbers(rows[y])
    path = columns.path(places, values)
    drawn.line(*path, line_color=NEUTRAL, line_width=1.5, line_alpha=0.8)
    broken = np.where(
        rows[x].isin(changes), np.nan, columns.numbers(rows[fitted])
    )  # a stretch ends where the next begins
    changed = np.flatnonzero(columns.beside(np.isnan(broken)))
    ends = telling(places, broken)
    ends = np.union1d(ends, changed) if len(changed) <= MOST_POINTS else ends  # a stretch ends where the next begins
    drawn.line(places[ends], broken[ends], line_color=ACCENT, line_width=3)
    few = telling(places, values)
    shown = {"place": place_text(rows[x].iloc[few], time_zone), "shown": texts(values[few], value_format)}
    source = ColumnDataSource({"x": places[few], "y": values[few], **shown})
    points = drawn.scatter("x", "y", source=source, size=6, fill_alpha=0, line_color=None, hover_fill_alpha=1)
    drawn.add_tools(HoverTool(renderers=[points], tooltips=[("", "@place"), ("value", "@shown")], mode="vline"))
    return source


def _draw_changes(drawn: Any, places: Any, said: list[str]) -> None:
    from bokeh.models import ColumnDataSource, HoverTool

    source = ColumnDataSource({"x": list(places), "said": said})
    marks = drawn.vspan(x="x", source=source, line_color=BAD, line_dash="dashed", line_width=2)
    drawn.add_tools(HoverTool(renderers=[marks], tooltips="@said"))


def _description(count: int, said: list[str]) -> str:
    if not said:
        return f"{count:,} values; no change."
    shown = "; ".join(said[:6]) + (f"; and {len(said) - 6:,} more" if len(said) > 6 else "")
    return f"{count:,} values; {len(said):,} change{'s' if len(said) > 1 else ''}: {shown}."
