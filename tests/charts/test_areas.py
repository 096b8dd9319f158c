from __future__ import annotations

import pandas as pd
from bokeh.models import ColumnDataSource

from analytics_lib.charts.areas import draw_areas


def layers(chart):
    return {one.name: one.data for one in chart.figure.select({"type": ColumnDataSource})}


def test_layers_stand_on_each_other_and_end_at_the_sum():
    frame = pd.DataFrame({"period": [0, 1] * 2, "events": [1, 2, 10, 20], "state": ["failed"] * 2 + ["done"] * 2})

    drawn = layers(draw_areas(frame, x="period", y="events", by="state", title="Events"))

    assert drawn["layer-0"]["high"].tolist() == [10.0, 20.0]
    assert drawn["layer-1"]["low"].tolist() == [10.0, 20.0]
    assert drawn["layer-1"]["high"].tolist() == [11.0, 22.0]


def test_a_group_without_a_row_counts_nothing_there():
    frame = pd.DataFrame({"period": [0, 1, 1], "events": [1, 2, 3], "state": ["a", "a", "b"]})

    drawn = layers(draw_areas(frame, x="period", y="events", by="state", title="Events"))

    assert drawn["layer-1"]["high"][0] == drawn["layer-1"]["low"][0]


def test_no_rows_give_an_explained_picture():
    frame = pd.DataFrame({"period": [], "events": []})

    assert draw_areas(frame, x="period", y="events", title="E").description == "No data in this range."
