from __future__ import annotations

import pandas as pd

from analytics_lib.charts.heatmaps import draw_heatmap

CELLS = pd.DataFrame(
    {"cohort": ["May", "May", "June", "June"], "period": [0, 1, 0, 1], "retention_rate": [1.0, 0.25, 1.0, None]}
)


def heatmap(frame=CELLS):
    return draw_heatmap(
        frame, x="period", y="cohort", value="retention_rate", value_format="percent", title="Retention"
    )


def test_the_first_row_of_the_frame_is_at_the_top():
    assert heatmap().figure.y_range.factors[::-1] == ["May", "June"]


def test_an_unknown_cell_is_clear_and_silent_never_zero():
    data = heatmap().source.data

    assert data["colour"][3] == "#00000000"
    assert data["written"] == ["100%", "25%", "100%", ""]


def test_more_is_darker_and_the_ink_stays_readable():
    data = heatmap().source.data

    assert int(data["colour"][0][1:3], 16) < int(data["colour"][1][1:3], 16)
    assert data["ink"][:2] == ["#FFFFFF", "#111827"]


def test_a_cell_knows_its_row_of_the_frame():
    chart = draw_heatmap(CELLS, x="period", y="cohort", value="retention_rate", title="R", selectable=True)

    assert chart.source.data["row"] == [0, 1, 2, 3]
    assert "TapTool" in str(chart.figure.toolbar.tools)


def test_equal_values_still_have_a_colour():
    flat = heatmap(CELLS.assign(retention_rate=0.0)).source.data

    assert len(set(flat["colour"])) == 1
    assert flat["colour"][0] != "#00000000"


def test_no_known_value_gives_an_explained_picture():
    assert heatmap(CELLS.assign(retention_rate=None)).description == "Every number is unknown or hidden."


def test_signs_are_told_by_colour_on_a_fixed_scale():
    cells = pd.DataFrame({"x": list("abc"), "y": "d", "value": [-1.0, 0.0, 1.0]})
    data = draw_heatmap(cells, x="x", y="y", value="value", title="Correlation", signed=True).source.data

    assert data["colour"] == ["#EF4444", "#FFFFFF", "#10B981"]
    assert data["written"] == ["−1.00", "0.00", "1.00"]
    weak = draw_heatmap(cells.assign(value=0.1), x="x", y="y", value="value", title="Correlation", signed=True)
    assert len(set(weak.source.data["colour"])) == 1
    assert weak.source.data["colour"][0] not in data["colour"]  # a weak relation does not look like a strong one
