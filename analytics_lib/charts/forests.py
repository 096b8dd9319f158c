"""A forest: one effect per line with its interval, against the line of no effect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import LIVE_TOOLS, style_values
from analytics_lib.charts.chart import Chart
from analytics_lib.charts.formats import axis_label, texts
from analytics_lib.charts.theme import BAD, GOOD, GRID, LIGHT_INK, PRIMARY, empty_figure, new_figure

NO_EFFECTS = "Nothing to compare yet"
_ROW_HEIGHT = 36


def draw_forest(
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    low: str = "low",
    high: str = "high",
    title: str,
    value_format: str = "number",
    no_effect: float = 0.0,
) -> Chart:
    """Draw effects with their intervals, one line each, in the order of the frame.

    Parameters
    ----------
    frame
        One row per effect. An unknown interval is drawn as a point alone.
    label
        Column with the name of each line.
    value, low, high
        Columns with the effect and its interval.
    title
        What the picture shows.
    value_format
        ``number``, ``percent`` (a share in [0, 1]), ``bytes`` or ``duration`` (seconds).
    no_effect
        Where the line of no effect stands.

    Raises
    ------
    MissingColumnError
        The frame lacks a named column.

    Examples
    --------
    >>> frame = pd.DataFrame({"variant": ["b"], "difference": [2.0], "low": [1.0], "high": [3.0]})
    >>> draw_forest(frame, label="variant", value="difference", title="Effect").description
    'b 2 (1 to 3).'
    """
    columns.require(frame, label, value, low, high, chart="draw_forest")
    rows = frame[frame[value].notna()]
    if rows.empty:
        return Chart(empty_figure(title=title, reason=NO_EFFECTS), title, f"{NO_EFFECTS}.")
    shown = _shown(rows, label=label, ends=(value, low, high), value_format=value_format, no_effect=no_effect)
    height = 90 + _ROW_HEIGHT * len(rows)
    drawn = new_figure(
        title=title, x_label=axis_label(value), y_label="", height=height, tools=LIVE_TOOLS,
        y_range=list(reversed(shown["label"].to_list())),
    )  # fmt: skip
    drawn.xgrid.grid_line_color = GRID
    drawn.ygrid.grid_line_color = None
    style_values(drawn, value_format, horizontal=True)
    return Chart(drawn, title, _description(shown), source=_draw(drawn, shown, no_effect))


def _shown(
    rows: pd.DataFrame, *, label: str, ends: tuple[str, str, str], value_format: str, no_effect: float
) -> pd.DataFrame:
    value, low, high = (columns.numbers(rows[name]) for name in ends)
    colour = np.where(low > no_effect, GOOD, np.where(high < no_effect, BAD, PRIMARY))
    names = _distinct([columns.category(name) for name in rows[label]])
    frame = pd.DataFrame({"label": names, "value": value, "low": low, "high": high, "colour": colour})
    for name in ("value", "low", "high"):
        frame[f"{name}_text"] = texts(frame[name], value_format)
    return frame


def _distinct(names: list[str]) -> list[str]:
    # the axis needs each name once
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    count = dict.fromkeys(seen, 0)
    given = []
    for name in names:
        count[name] += 1
        given.append(name if seen[name] == 1 else f"{name} ({count[name]})")
    return given


def _draw(drawn: Any, shown: pd.DataFrame, no_effect: float) -> Any:
    from bokeh.models import ColumnDataSource, HoverTool
    from bokeh.models.annotations import Span

    drawn.add_layout(Span(location=no_effect, dimension="height", line_color=LIGHT_INK, line_dash="dashed"))
    source = ColumnDataSource({str(name): column.to_list() for name, column in shown.items()})
    drawn.segment(x0="low", x1="high", y0="label", y1="label", source=source, line_color="colour", line_width=3)
    points = drawn.scatter(x="value", y="label", source=source, size=10, color="colour")
    found = [("", "@label"), ("effect", "@value_text"), ("interval", "@low_text to @high_text")]
    drawn.add_tools(HoverTool(renderers=[points], tooltips=found))
    return source


def _description(shown: pd.DataFrame) -> str:
    lines = [f"{row.label} {row.value_text} ({row.low_text} to {row.high_text})" for row in shown.head(5).itertuples()]
    more = f" and {len(shown) - 5:,} more" if len(shown) > 5 else ""
    return f"{'; '.join(lines)}{more}."
