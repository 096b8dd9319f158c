"""Heat maps: one value per pair of names; stronger colour means more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import add_hover
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import axis_label, texts
from analytics_lib.charts.theme import FONT, new_figure
from analytics_lib.charts.words import describe_groups

_MOST_LABELS = 12
_SCALE = ((222, 232, 254), (122, 163, 248), (13, 85, 242), (8, 50, 150))
_SIGNED_SCALE = ((239, 68, 68), (255, 255, 255), (16, 185, 129))
_WHITE_INK_FROM = 0.55


def draw_heatmap(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    title: str,
    value_format: str = "number",
    x_label: str | None = None,
    y_label: str | None = None,
    height: int | None = None,
    signed: bool = False,
    selectable: bool = False,
) -> Chart:
    """Draw a value for each pair of names, the first row of the frame at the top.

    The colour goes from pale (0, or the lowest value below it) to deep blue (the highest). Unknown
    cells stay empty, so that they can't be mistaken for zero. Cells carry their value where there is
    room. Colours and ink are the same on light and dark pages.

    Parameters
    ----------
    frame
        One row per cell.
    x, y, value
        Columns: across, down, and the value.
    title
        What the picture shows.
    value_format
        ``number``, ``percent``, ``bytes`` or ``duration``.
    signed
        The values lie between −1 and 1 and their sign matters: the colour goes from red over white (0) to green.
    selectable
        Offer a tap on a cell; the picked rows of the frame are ``chart.source.selected.indices``.

    Examples
    --------
    >>> frame = pd.DataFrame({"weekday": ["Mon", "Tue"], "hour": [9, 9], "events": [5, 7]})
    >>> draw_heatmap(frame, x="hour", y="weekday", value="events", title="When").description
    '2 groups: largest Tue, 9 with 7, smallest Mon, 9 with 5.'
    """
    columns.require(frame, x, y, value, chart="draw_heatmap")
    if frame.empty or bool(frame[value].isna().all()):
        return nothing_to_draw(title, frame)
    across, down = columns.categories(frame[x]), columns.categories(frame[y])
    values = columns.numbers(frame[value])
    order_across, order_down = list(dict.fromkeys(across)), list(dict.fromkeys(down))
    labels = (axis_label(x) if x_label is None else x_label, axis_label(y) if y_label is None else y_label)
    tools = "tap,save" if selectable else "save"
    drawn = _figure(order_across, order_down, title=title, labels=labels, height=height, tools=tools)
    source = _source(across, down, values, value_format, signed=signed)
    cells = drawn.rect(
        "x", "y", 0.97, 0.94, source=source, color="colour", line_color=None, nonselection_fill_alpha=0.35
    )
    if len(order_across) <= _MOST_LABELS:
        _write_values(drawn, source)
    add_hover(drawn, "@shown", "@y", f"{axis_label(x)} @x", renderers=[cells])
    cell_names = [f"{b}, {a}" for a, b in zip(across, down, strict=True)]
    return Chart(drawn, title, describe_groups(cell_names, values, value_format=value_format), source=source)


def _figure(across: list[str], down: list[str], *, title: str, labels: tuple[str, str], height: int | None,
            tools: str) -> Any:  # fmt: skip
    from bokeh.models import AllLabels

    drawn = new_figure(
        title=title, x_label=labels[0], y_label=labels[1], height=height or 26 * len(down) + 70, x_range=across,
        y_range=down[::-1], x_axis_location="above", tools=tools,
    )  # fmt: skip
    drawn.grid.visible = False
    drawn.yaxis.major_label_policy = AllLabels()
    if len(across) <= _MOST_LABELS:
        drawn.min_width = 90 + 26 * len(across)
    return drawn


def _source(across: list[str], down: list[str], values: columns.Floats, value_format: str, *, signed: bool) -> Any:
    from bokeh.models import ColumnDataSource

    known = values[np.isfinite(values)]
    low, high = (-1.0, 1.0) if signed else (min(float(known.min()), 0.0), float(known.max()))
    scale = _SIGNED_SCALE if signed else _SCALE
    share = (values - low) / (high - low) if high > low else np.where(np.isfinite(values), 0.5, np.nan)
    data: dict[str, Any] = {
        "x": across,
        "y": down,
        "colour": [_colour(one, scale) for one in share],
        "ink": ["#FFFFFF" if one > _WHITE_INK_FROM and not signed else "#111827" for one in share],
        "shown": texts(values, value_format),
        "written": [_short(one, value_format, signed=signed) for one in values],
        "row": list(range(len(values))),
    }
    return ColumnDataSource(data, name="cells")


def _colour(share: float, scale: tuple[tuple[int, int, int], ...]) -> str:
    """Go through the colours of the scale; nothing for the unknown."""
    if not np.isfinite(share):
        return "#00000000"
    place = float(np.clip(share, 0, 1)) * (len(scale) - 1)
    index = min(int(place), len(scale) - 2)
    mixed = [round(a + (b - a) * (place - index)) for a, b in zip(scale[index], scale[index + 1], strict=True)]
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def _short(value: float, value_format: str, *, signed: bool) -> str:
    if not np.isfinite(value):
        return ""
    if signed:
        return f"{value:.2f}".replace("-", "−")
    return f"{value * 100:.0f}%" if value_format == "percent" else texts([value], value_format)[0]


def _write_values(drawn: Any, source: Any) -> None:
    from bokeh.core.properties import value

    written = drawn.text(
        "x", "y", text="written", text_color="ink", source=source, text_align="center", text_baseline="middle",
        text_font=value(FONT), text_font_size="10.5px",
    )  # fmt: skip
    written.nonselection_glyph = None
