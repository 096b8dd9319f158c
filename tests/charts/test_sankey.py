"""Flows drawn as bands: what leaves a box is as high as the box."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analytics_lib.charts.patching import sources_of
from analytics_lib.charts.sankey import Flow, band, draw_sankey, placed

FRAME = pd.DataFrame(
    {
        "step": [1, 1, 2, 2],
        "source": ["home", "home", "shop", "cart"],
        "target": ["shop", "cart", "(end)", "(end)"],
        "transitions": pd.array([3, 1, 3, 1], "Int64"),
    }
)


def test_boxes_are_as_high_as_what_passes_through_and_never_overlap() -> None:
    boxes = placed([Flow(1, "home", "shop", 3), Flow(1, "home", "cart", 1), Flow(2, "shop", "(end)", 2)])

    assert boxes[1, "home"].high - boxes[1, "home"].low == pytest.approx(1)
    assert boxes[2, "shop"].high - boxes[2, "shop"].low == pytest.approx(0.75)
    assert boxes[2, "shop"].low > boxes[2, "cart"].high


def test_every_flow_is_a_band_with_its_value_and_names() -> None:
    chart = draw_sankey(FRAME, title="Paths")

    assert list(chart.source.data["label"]) == ["3", "1", "3", "1"]
    assert chart.description == "4 transitions in 2 steps; the largest is home to shop with 3."
    assert "Paths" in chart.to_html()


def test_a_band_knows_its_row_of_the_frame() -> None:
    chart = draw_sankey(FRAME.iloc[::-1], title="Paths", selectable=True)
    rows = [FRAME.iloc[::-1].iloc[row] for row in chart.source.data["row"]]

    assert [row["source"] for row in rows] == chart.source.data["source"]
    assert "TapTool" in str(chart.figure.toolbar.tools)


def test_a_band_keeps_its_thickness_from_end_to_end() -> None:
    xs, ys = band(0, 1, 0.9, 0.4, 0.1)

    assert (xs[0], xs[-1]) == (0, 0)
    assert ys[0] - ys[-1] == pytest.approx(0.1)
    assert math.isclose(ys[len(ys) // 2 - 1] - ys[len(ys) // 2], 0.1, rel_tol=1e-9)


def test_the_picture_ends_where_the_lowest_node_does() -> None:
    chart = draw_sankey(FRAME, title="Paths")

    lowest = min(sources_of(chart.figure)["nodes"].data["bottom"])
    assert lowest - 0.05 < chart.figure.y_range.start < lowest


def test_nothing_to_draw_says_so() -> None:
    assert "No data" in draw_sankey(FRAME.iloc[:0], title="Paths").description
    assert "unknown or hidden" in draw_sankey(FRAME.assign(transitions=pd.NA), title="Paths").description


def test_on_a_narrow_page_columns_keep_room_for_their_names() -> None:
    assert draw_sankey(FRAME, title="Ways").figure.min_width == 3 * 130
