"""Funnels: how many reach each step, and what share of those before."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import add_hover, style_values
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import axis_label, texts
from analytics_lib.charts.ink import in_page_ink
from analytics_lib.charts.theme import FONT, new_figure, series_style
from analytics_lib.display import format_number, format_percent


def draw_funnel(
    frame: pd.DataFrame,
    *,
    step: str = "event",
    users: str = "users",
    rate: str = "overall_rate",
    by: str | None = None,
    title: str,
    height: int | None = None,
    selectable: bool = False,
) -> Chart:
    """Draw one bar per step, widest first, each with its count and share.

    Parameters
    ----------
    frame
        One row per step (and group), in the order of the steps. Where a column ``step`` holds the
        step's number it is written before the name, so a step may occur twice.
    step, users, rate
        Columns: the step's name, the count, and the share that is written beside it.
    by
        Column with the group: bars per step side by side; up to nine groups.
    title
        What the picture shows.
    selectable
        Offer a tap on a bar; ``row`` of the picked datum is the place of its row in the frame.

    Examples
    --------
    >>> frame = pd.DataFrame({"step": [1, 2], "event": ["view", "buy"], "users": [10, 4], "overall_rate": [1.0, 0.4]})
    >>> draw_funnel(frame, title="From view to purchase").description
    '2 steps: from 10 to 4, 40.0 % of those who began.'
    """
    columns.require(frame, step, users, rate, by, chart="draw_funnel")
    if frame.empty or bool(frame[users].isna().all()):
        return nothing_to_draw(title, frame)
    rows = frame.assign(_step=_step_names(frame, step), _row=range(len(frame)))
    names = list(dict.fromkeys(rows["_step"]))
    split = columns.groups(rows, by, users)
    drawn = _figure(names, len(split.parts), columns.numbers(rows[users]), title=title, users=users, height=height,
                    selectable=selectable)  # fmt: skip
    sources = [
        _draw_one(drawn, _data(part, users, rate, name), index, len(split.parts))
        for index, (name, part) in enumerate(split)
    ]
    add_hover(drawn, "@label", "@name", "@group", renderers=[one for one in drawn.renderers if one.name == "bar"])
    return Chart(drawn, title, _describe(rows, users), split.legend(), sources[0])


def _step_names(frame: pd.DataFrame, step: str) -> list[str]:
    names = columns.categories(frame[step])
    if step == "step" or "step" not in frame:
        return names
    return [f"{number} · {name}" for number, name in zip(columns.categories(frame["step"]), names, strict=True)]


def _figure(
    names: list[str], count: int, values: columns.Floats, *, title: str, users: str, height: int | None,
    selectable: bool,
) -> Any:  # fmt: skip
    from bokeh.models import FactorRange, Range1d

    most = float(values[values == values].max()) or 1.0  # NaN is not itself
    drawn = new_figure(
        title=title, x_label=axis_label(users), y_label="step", height=height or (20 * count + 30) * len(names) + 56,
        y_range=FactorRange(factors=names[::-1]), x_range=Range1d(start=0, end=most * (1.0 if count == 1 else 1.5)),
        tools="tap,save" if selectable else "save",
    )  # fmt: skip
    drawn.yaxis.visible = False  # names stand above their bars: long ones need the width
    drawn.xgrid.visible, drawn.ygrid.visible = True, False
    style_values(drawn, "number", horizontal=True)
    return drawn


def _data(part: pd.DataFrame, users: str, rate: str, group: str) -> dict[str, Any]:
    counts, shares = columns.numbers(part[users]), columns.numbers(part[rate])
    pairs = zip(texts(counts, "number"), texts(shares, "percent"), strict=True)
    labels = [f"{count}  ({share})" for count, share in pairs]
    return {"name": part["_step"].tolist(), "value": counts, "label": labels, "group": [group] * len(part),
            "row": part["_row"].tolist()}  # fmt: skip


def _draw_one(drawn: Any, data: dict[str, Any], index: int, count: int) -> Any:
    from bokeh.models import ColumnDataSource
    from bokeh.transform import dodge

    source = ColumnDataSource(data, name=f"steps-{index}")
    line = 1 / (count * 20 / 30 + 1)  # the part of a step's height that its name takes
    thick = (1 - line) / count
    offset = 0.5 - line - (index + 0.5) * thick
    where = dodge("name", offset, range=drawn.y_range)
    drawn.hbar(y=where, right="value", height=thick * 0.9, source=source, color=series_style(index).colour,
               line_color=None, nonselection_fill_alpha=0.25, hover_fill_alpha=0.8, name="bar")  # fmt: skip
    heading = dodge("name", 0.5 - line / 2 - 0.02, range=drawn.y_range)
    if index == 0:
        _write(drawn, source, "name", x=0, y=heading)
    if count == 1:
        source.data["end"] = [drawn.x_range.end] * len(data["name"])  # among the data: those of other days bring theirs
        _write(drawn, source, "label", x="end", y=heading, text_align="right")
    else:
        _write(drawn, source, "label", x="value", y=where, x_offset=6)
    return source


def _write(drawn: Any, source: Any, text: str, **place: Any) -> None:
    from bokeh.core.properties import value

    written = drawn.text(
        text=text, source=source, text_baseline="middle", text_font=value(FONT), text_font_size="12px", **place,
    )  # fmt: skip
    in_page_ink(written.glyph)
    written.nonselection_glyph = None


def _describe(rows: pd.DataFrame, users: str) -> str:
    counts = pd.Series(columns.numbers(rows[users])).groupby(rows["_step"].to_numpy(), sort=False).sum(min_count=1)
    first, last = float(counts.iloc[0]), float(counts.iloc[-1])
    share = f", {format_percent(last / first)} of those who began" if first > 0 else ""
    return f"{len(counts)} steps: from {format_number(first)} to {format_number(last)}{share}."
