"""Flows between nodes, step by step: the width of a band is how many took that way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analytics_lib.charts import columns
from analytics_lib.charts.axes import add_hover
from analytics_lib.charts.chart import Chart, nothing_to_draw
from analytics_lib.charts.formats import texts
from analytics_lib.charts.ink import in_page_ink
from analytics_lib.charts.theme import FONT, NEUTRAL, SERIES, new_figure
from analytics_lib.display import format_number

_NODE_WIDTH: Final = 0.06
_COLUMN_WIDTH: Final = 130
"""Pixels of a column at least: a name of some twenty letters."""
_GAP: Final = 0.015
_CURVE: Final = 24


@dataclass(frozen=True, slots=True)
class Flow:
    """One transition."""

    step: int
    source: str
    target: str
    value: float
    row: int = -1


@dataclass(frozen=True, slots=True)
class Box:
    """One node where it is drawn."""

    name: str
    column: int
    low: float
    high: float


def draw_sankey(
    frame: pd.DataFrame,
    *,
    step: str = "step",
    source: str = "source",
    target: str = "target",
    value: str = "transitions",
    title: str,
    height: int = 380,
    selectable: bool = False,
) -> Chart:
    """Draw flows from left to right, one column of nodes per step.

    Parameters
    ----------
    frame
        One row per transition.
    step, source, target, value
        Columns: the number of the step, the names of its two nodes, and how many took it.
    title
        What the picture shows.
    selectable
        Offer a tap on a band (``row`` of the picked datum is the place of its row in the frame) or on a
        node (``column`` and ``name``).

    Examples
    --------
    >>> frame = pd.DataFrame({"step": [1], "source": ["home"], "target": ["shop"], "transitions": [3]})
    >>> draw_sankey(frame, title="Paths").description
    '1 transitions in 1 steps; the largest is home to shop with 3.'
    """
    columns.require(frame, step, source, target, value, chart="draw_sankey")
    flows = _flows(frame, step, source, target, value)
    if not flows:
        return nothing_to_draw(title, frame)
    boxes = placed(flows)
    drawn = _canvas(title, boxes.values(), height, "tap,save" if selectable else "save")
    bands = _draw_bands(drawn, flows, boxes)
    _draw_boxes(drawn, list(boxes.values()))
    add_hover(drawn, "@label", "@source → @target", renderers=[bands])
    return Chart(drawn, title, _describe(flows), (), bands.data_source)


def _flows(frame: pd.DataFrame, step: str, source: str, target: str, value: str) -> list[Flow]:
    steps = columns.numbers(frame[step]).tolist()
    names = columns.categories(frame[source]), columns.categories(frame[target])
    values = columns.numbers(frame[value]).tolist()
    rows = enumerate(zip(steps, *names, values, strict=True))
    return [
        Flow(int(at), begin, end, size, row) for row, (at, begin, end, size) in rows if size > 0
    ]  # unknown is not drawn


def placed(flows: list[Flow]) -> dict[tuple[int, str], Box]:
    """Give each node its box: heights are what passes through, the largest on top, gaps between."""
    arriving, leaving = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for flow in flows:
        leaving[flow.step, flow.source] += flow.value  # type: ignore[assignment]
        arriving[flow.step + 1, flow.target] += flow.value  # type: ignore[assignment]
    sizes = {key: max(leaving[key], arriving[key]) for key in {**leaving, **arriving}}
    whole = max(_column_sums(sizes).values())
    boxes: dict[tuple[int, str], Box] = {}
    tops = dict.fromkeys(_column_sums(sizes), 1.0)
    for (column, name), size in sorted(sizes.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        top, high = tops[column], size / whole
        boxes[column, name] = Box(name, column, top - high, top)
        tops[column] = top - high - _GAP
    return boxes


def _column_sums(sizes: Mapping[tuple[int, str], float]) -> dict[int, float]:
    sums: dict[int, float] = {}
    for (column, _), size in sizes.items():
        sums[column] = sums.get(column, 0.0) + size
    return sums


def _canvas(title: str, boxes: Collection[Box], height: int, tools: str) -> Any:
    from bokeh.models import Range1d

    first, last = (edge(box.column for box in boxes) for edge in (min, max))
    drawn = new_figure(
        title=title, x_label="", y_label="", height=height, tools=tools,
        x_range=Range1d(start=first - 0.05, end=last + 0.8),
        y_range=Range1d(start=min(box.low for box in boxes) - 0.03, end=1.03),
    )  # fmt: skip
    drawn.min_width = _COLUMN_WIDTH * (int(last - first) + 1)  # a phone scrolls, rather than cut the names
    drawn.axis.visible = False
    drawn.grid.visible = False
    return drawn


def _draw_bands(drawn: Any, flows: list[Flow], boxes: dict[tuple[int, str], Box]) -> Any:
    from bokeh.models import ColumnDataSource

    leaving = {key: box.high for key, box in boxes.items()}
    arriving = dict(leaving)
    scale = _scale(flows, boxes)
    names = {name: place for place, name in enumerate(dict.fromkeys(flow.source for flow in flows))}
    ordered = sorted(flows, key=lambda flow: (flow.step, -flow.value))
    outlines = []
    for flow in ordered:
        begin, finish, thick = (flow.step, flow.source), (flow.step + 1, flow.target), flow.value * scale
        outlines.append(band(flow.step + _NODE_WIDTH, flow.step + 1, leaving[begin], arriving[finish], thick))
        leaving[begin] -= thick
        arriving[finish] -= thick
    data: dict[str, Any] = {
        "xs": [xs for xs, _ in outlines],
        "ys": [ys for _, ys in outlines],
        "source": [flow.source for flow in ordered],
        "target": [flow.target for flow in ordered],
        "colour": [SERIES[names[flow.source] % len(SERIES)] for flow in ordered],
        "label": texts(np.array([flow.value for flow in ordered]), "number"),
        "row": [flow.row for flow in ordered],
    }
    return drawn.patches(
        xs="xs", ys="ys", source=ColumnDataSource(data, name="flows"), fill_color="colour", fill_alpha=0.35,
        line_color=None, hover_fill_alpha=0.7, nonselection_fill_alpha=0.15, name="flows",
    )  # fmt: skip


def band(left: float, right: float, top: float, top_right: float, thick: float) -> tuple[list[float], list[float]]:
    """Give the outline of a band that bends smoothly from one height to another."""
    part = np.linspace(0, 1, _CURVE)
    x = left + (right - left) * part
    y = top + (top_right - top) * (3 * part**2 - 2 * part**3)
    return [*x.tolist(), *x[::-1].tolist()], [*y.tolist(), *(y - thick)[::-1].tolist()]


def _scale(flows: list[Flow], boxes: dict[tuple[int, str], Box]) -> float:
    """Give the height of one: that of any box over what leaves or reaches it."""
    key, box = next(iter(boxes.items()))
    leaving = sum(flow.value for flow in flows if (flow.step, flow.source) == key)
    arriving = sum(flow.value for flow in flows if (flow.step + 1, flow.target) == key)
    return (box.high - box.low) / max(leaving, arriving)


def _draw_boxes(drawn: Any, boxes: list[Box]) -> None:
    from bokeh.core.properties import value
    from bokeh.models import ColumnDataSource

    data: dict[str, Any] = {
        "left": [box.column for box in boxes],
        "right": [box.column + _NODE_WIDTH for box in boxes],
        "bottom": [box.low for box in boxes],
        "top": [box.high for box in boxes],
        "middle": [(box.low + box.high) / 2 for box in boxes],
        "name": [box.name for box in boxes],
        "column": [box.column for box in boxes],
    }
    source = ColumnDataSource(data, name="nodes")
    drawn.quad(left="left", right="right", bottom="bottom", top="top", source=source, color=NEUTRAL, line_color=None)
    written = drawn.text(
        x="right", y="middle", text="name", source=source, x_offset=4, text_baseline="middle",
        text_font=value(FONT), text_font_size="11px",
    )  # fmt: skip
    in_page_ink(written.glyph)
    written.nonselection_glyph = None


def _describe(flows: list[Flow]) -> str:
    largest, steps = max(flows, key=lambda flow: flow.value), len({flow.step for flow in flows})
    return (
        f"{len(flows):,} transitions in {steps} steps; the largest is {largest.source} to {largest.target} "
        f"with {format_number(largest.value)}."
    )
