"""Bars per name: for amounts that stand side by side, always from zero."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import LIVE_TOOLS, PICK_TOOLS, add_hover, from_zero, style_values
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import axis_label, texts
from analytics_lib.charts.theme import HEIGHT, new_figure, series_style
from analytics_lib.charts.words import describe_groups

MOST_BARS = 60
"""Names one chart draws; more can't be read."""


def draw_bars(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    by: str | None = None,
    title: str,
    value_format: str = "number",
    horizontal: bool | None = None,
    x_label: str | None = None,
    y_label: str | None = None,
    height: int | None = None,
    selectable: bool = False,
) -> Chart:
    """Draw one bar per name, in the frame's order; side by side per group.

    Parameters
    ----------
    frame
        One row per name (and group). Unknown values leave their place empty.
    x, y
        Columns: the name and the value.
    by
        Column with the group.
    title
        What the picture shows.
    value_format
        ``number``, ``percent``, ``bytes`` or ``duration``.
    horizontal
        Names on the left, bars to the right. None = where the names are too long or too many to stand
        below their bars.
    selectable
        Offer a tap on a bar; the picked rows are ``chart.source.selected.indices``.

    Examples
    --------
    >>> frame = pd.DataFrame({"device": ["mobile", "desktop"], "users": [30, 12]})
    >>> draw_bars(frame, x="device", y="users", title="Users by device").description
    '2 groups: largest mobile with 30, smallest desktop with 12.'
    """
    columns.require(frame, x, y, by, chart="draw_bars")
    if frame.empty or bool(frame[y].isna().all()):
        return nothing_to_draw(title, frame)
    names = list(dict.fromkeys(columns.categories(frame[x])))
    lying = _long(names) if horizontal is None else horizontal
    rows = frame.assign(_name=columns.categories(frame[x]))
    rows = rows[rows["_name"].isin(names[:MOST_BARS])]
    split = columns.groups(rows, by, y)
    shown = names[:MOST_BARS]
    labels = (axis_label(x) if x_label is None else x_label, axis_label(y) if y_label is None else y_label)
    drawn = _figure(shown, title=title, horizontal=lying, height=height, bars=len(shown) * len(split.parts),
                    labels=labels, selectable=selectable)  # fmt: skip
    from_zero(drawn.x_range if lying else drawn.y_range, columns.numbers(rows[y]))
    style_values(drawn, value_format, horizontal=lying)
    sources = [
        _draw_one(drawn, _data(part, y, name, value_format), index, len(split.parts), horizontal=lying)
        for index, (name, part) in enumerate(split)
    ]
    add_hover(drawn, "@shown", "@label", renderers=list(drawn.renderers))
    left_out = len(names) - len(shown) + split.left_out
    said = describe_groups(columns.categories(rows[x]), columns.numbers(rows[y]), value_format=value_format,
                           left_out=left_out)  # fmt: skip
    return Chart(drawn, title, said, split.legend(), sources[0])


def _long(names: list[str]) -> bool:
    return sum(len(name) + 2 for name in names) > 70 or max(map(len, names)) > 12


def _figure(
    names: list[str], *, title: str, horizontal: bool, height: int | None, bars: int, labels: tuple[str, str],
    selectable: bool,
) -> Any:  # fmt: skip
    from bokeh.models import AllLabels, FactorRange

    tools = PICK_TOOLS.replace("xbox", "ybox") if horizontal else PICK_TOOLS
    options: dict[str, Any] = {"tools": tools if selectable else LIVE_TOOLS}
    places = FactorRange(factors=names[::-1] if horizontal else names, range_padding=0.02)
    name_label, value_label = labels
    if horizontal:
        drawn = new_figure(title=title, x_label=value_label, y_label=name_label, y_range=places,
                           height=height or max(120, 28 * bars + 70), **options)  # fmt: skip
        drawn.xgrid.visible, drawn.ygrid.visible = True, False
    else:
        drawn = new_figure(title=title, x_label=name_label, y_label=value_label, x_range=places,
                           height=height or HEIGHT, **options)  # fmt: skip
    (drawn.yaxis if horizontal else drawn.xaxis).major_label_policy = AllLabels()
    return drawn


def _data(part: pd.DataFrame, y: str, group: str, value_format: str) -> dict[str, Any]:
    values, names = columns.numbers(part[y]), part["_name"].tolist()
    return {
        "name": names,
        "value": values,
        "shown": texts(values, value_format),
        "label": [f"{name} · {group}" if group else name for name in names],
    }


def _draw_one(drawn: Any, data: dict[str, Any], index: int, count: int, *, horizontal: bool) -> Any:
    from bokeh.models import ColumnDataSource
    from bokeh.transform import dodge

    source = ColumnDataSource(data, name=f"bars-{index}")
    thick = 0.78 / count
    offset = (index - (count - 1) / 2) * thick
    places = drawn.y_range if horizontal else drawn.x_range
    where = dodge("name", -offset if horizontal else offset, range=places)
    look = {
        "source": source, "color": series_style(index).colour, "line_color": None,
        "nonselection_fill_alpha": 0.25, "hover_fill_alpha": 0.8,
    }  # fmt: skip
    if horizontal:
        drawn.hbar(y=where, right="value", height=thick * 0.94, **look)
    else:
        drawn.vbar(x=where, top="value", width=thick * 0.94, **look)
    return source
