"""Stacked areas: how a whole and its parts develop together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import add_hover, figure_over, from_zero, place_text
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import texts
from analytics_lib.charts.theme import HEIGHT, series_style
from analytics_lib.charts.words import describe_series


def draw_areas(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    by: str | None = None,
    title: str,
    value_format: str = "number",
    time_zone: str = "UTC",
    x_label: str | None = None,
    y_label: str | None = None,
    height: int = HEIGHT,
    last: str | None = None,
) -> Chart:
    """Draw parts on top of each other; the upper edge is their sum.

    Use it only where parts add up: events do, users in several groups do not.

    Parameters
    ----------
    frame
        One row per place on `x` and group. A place where a part is unknown has no sum: a gap in
        every layer from that part upwards.
    x, y, by, title, value_format, time_zone
        As for :func:`~analytics_lib.charts.lines.draw_lines`.
    last
        Group that lies on top whatever its size, such as "others".

    Examples
    --------
    >>> frame = pd.DataFrame({"period": [0, 1], "events": [3, 5]})
    >>> draw_areas(frame, x="period", y="events", title="Events").description
    '2 values from 0 to 1; lowest 3, highest 5.'
    """
    columns.require(frame, x, y, by, chart="draw_areas")
    rows = frame.dropna(subset=[x]).sort_values(x, kind="stable")
    if rows.empty or bool(rows[y].isna().all()):
        return nothing_to_draw(title, rows)
    split = columns.groups(rows, by, y, last=last)
    drawn = figure_over(rows[x], title=title, x_label=x_label, y_label=y_label or y, value_format=value_format,
                        time_zone=time_zone, height=height)  # fmt: skip
    places = pd.Index(rows[x].unique()).sort_values()
    from_zero(drawn.y_range)
    below = np.zeros(len(places))
    for index, (name, part) in enumerate(split):
        layer = part.set_index(x)[y].reindex(places, fill_value=0)
        above = below + columns.numbers(layer)
        words = place_text(pd.Series(places, name=x), time_zone)
        where = columns.places(pd.Series(places), time_zone)
        _draw_layer(drawn, where, below, above, index=index, name=name, words=words, value_format=value_format)
        below = above
    add_hover(drawn, "@shown", "@name", "@place", renderers=[r for r in drawn.renderers if r.name == "edge"])
    said = describe_series(rows, x=x, y=y, value_format=value_format, left_out=split.left_out, time_zone=time_zone)
    return Chart(drawn, title, said, split.legend())


def _draw_layer(
    drawn: Any, places: Any, below: columns.Floats, above: columns.Floats, *, index: int, name: str,
    words: list[str], value_format: str,
) -> None:  # fmt: skip
    from bokeh.models import ColumnDataSource

    style = series_style(index)
    data = {"x": places, "low": below, "high": above, "name": [name] * len(places), "place": words,
            "shown": texts(above - below, value_format)}  # fmt: skip
    source = ColumnDataSource(data, name=f"layer-{index}")
    drawn.varea("x", "low", "high", source=source, fill_color=style.colour, fill_alpha=0.35)
    drawn.line("x", "high", source=source, line_color=style.colour, line_width=1.5, line_dash=style.dash)
    drawn.scatter("x", "high", source=source, size=8, color=style.colour, alpha=0, hover_alpha=1, name="edge")
