from __future__ import annotations

import numpy as np
import pandas as pd
from bokeh.models import AllLabels, ColumnDataSource

from analytics_lib.charts.bars import draw_bars


def test_bars_keep_the_order_of_the_frame_and_unknown_stays_empty():
    frame = pd.DataFrame({"event": ["view", "buy", "ask"], "users": [5, 9, None]})

    chart = draw_bars(frame, x="event", y="users", title="Users")

    assert chart.figure.x_range.factors == ["view", "buy", "ask"]
    assert np.isnan(chart.source.data["value"][2])


def test_long_names_lie_on_the_left_in_reading_order():
    frame = pd.DataFrame({"event": ["delivery_choice_made", "payment_done"], "users": [5, 9]})

    chart = draw_bars(frame, x="event", y="users", title="Users")

    assert chart.figure.y_range.factors[::-1] == ["delivery_choice_made", "payment_done"]


def test_no_name_is_ever_hidden():
    frame = pd.DataFrame({"event": ["a", "b"], "users": [5, 9]})

    assert isinstance(draw_bars(frame, x="event", y="users", title="U").figure.xaxis[0].major_label_policy, AllLabels)


def test_groups_stand_side_by_side_without_touching():
    frame = pd.DataFrame({"event": ["a", "a"], "users": [5, 9], "device": ["mobile", "desktop"]})

    chart = draw_bars(frame, x="event", y="users", by="device", title="Users")
    first, second = (one.glyph for one in chart.figure.renderers)

    distance = abs(first.x.transform.value - second.x.transform.value)
    assert distance > first.width
    assert len(chart.legend) == 2


def test_more_names_than_can_be_read_are_counted():
    frame = pd.DataFrame({"event": [f"event-{n}" for n in range(70)], "users": range(70)})

    chart = draw_bars(frame, x="event", y="users", title="Users")

    assert "10 more are not drawn" in chart.description
    assert len(chart.figure.select_one({"type": ColumnDataSource}).data["name"]) == 60


def test_no_rows_give_an_explained_picture():
    assert draw_bars(pd.DataFrame({"event": [], "users": []}), x="event", y="users", title="U").description


def test_an_axis_that_needs_no_name_has_none():
    frame = pd.DataFrame({"short": ["rule 1", "rule 2"], "users": [5, 9]})

    drawn = draw_bars(frame, x="short", y="users", title="People", x_label="", horizontal=True).figure

    assert not drawn.yaxis[0].axis_label
    assert drawn.xaxis[0].axis_label == "people"
