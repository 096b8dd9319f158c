from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bokeh.models import ColumnDataSource, HoverTool

from analytics_lib.charts.lines import draw_lines
from analytics_lib.charts.patching import patch
from analytics_lib.errors import ArgumentError, MissingColumnError

DAYS = pd.date_range("2024-05-01", periods=6, tz="UTC")


def source(chart, name):
    return chart.figure.select_one({"type": ColumnDataSource, "name": name}).data


def test_an_unknown_value_is_a_gap_in_the_line():
    frame = pd.DataFrame({"time": DAYS, "users": pd.array([1, 2, None, 4, 5, 6], dtype="Int64")})

    drawn = source(draw_lines(frame, x="time", y="users", title="Users"), "line-0")["y"]

    assert np.isnan(drawn[2])
    assert drawn[3] == 4


def test_an_unfinished_bucket_is_dotted_not_solid():
    frame = pd.DataFrame({"time": DAYS, "users": range(6), "complete": [True] * 5 + [False]})

    chart = draw_lines(frame, x="time", y="users", title="Users")

    assert np.isnan(source(chart, "line-0")["y"][5])
    assert source(chart, "tail-0")["y"][4:].tolist() == [4.0, 5.0]
    assert source(chart, "points-0")["shown"][5] == "5 (incomplete)"


def test_groups_get_their_own_line_and_a_legend_entry():
    frame = pd.DataFrame({"time": list(DAYS) * 2, "users": range(12), "device": ["mobile"] * 6 + ["desktop"] * 6})

    chart = draw_lines(frame, x="time", y="users", by="device", title="Users")

    assert [entry.name for entry in chart.legend] == ["desktop", "mobile"]
    assert chart.legend[0].colour != chart.legend[1].colour


def test_rows_are_drawn_in_order_whatever_the_frame_says():
    frame = pd.DataFrame({"time": DAYS, "users": range(6)}).sample(frac=1, random_state=1)

    assert source(draw_lines(frame, x="time", y="users", title="Users"), "points-0")["y"].tolist() == list(range(6))


def test_a_lone_point_between_gaps_is_still_seen():
    values = [1.0] * 60
    values[30:33] = [None, 7.0, None]
    frame = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=60), "users": values})

    dots = source(draw_lines(frame, x="time", y="users", title="Users"), "points-0")["dot"]

    assert np.flatnonzero(dots).tolist() == [31]


def test_every_chart_has_title_axis_labels_and_hover():
    chart = draw_lines(pd.DataFrame({"time": DAYS, "users": range(6)}), x="time", y="users", title="Users per day")

    assert chart.figure.title.text == chart.title == "Users per day"
    assert chart.figure.xaxis.axis_label == "time (UTC)"
    assert chart.figure.yaxis.axis_label == "people"
    assert chart.figure.select_one({"type": HoverTool})


@pytest.mark.parametrize(("rows", "said"), [(0, "No data in this range."), (3, "Every number is unknown or hidden.")])
def test_empty_or_wholly_unknown_data_is_an_explained_picture(rows, said):
    frame = pd.DataFrame({"time": DAYS[:rows], "users": pd.array([None] * rows, dtype="Int64")})

    assert draw_lines(frame, x="time", y="users", title="Users").description == said


def test_a_wrong_column_or_format_is_refused():
    frame = pd.DataFrame({"time": DAYS, "users": range(6)})

    with pytest.raises(MissingColumnError, match="draw_lines needs the column 'user'"):
        draw_lines(frame, x="time", y="user", title="Users")
    with pytest.raises(ArgumentError, match="value_format"):
        draw_lines(frame, x="time", y="users", title="Users", value_format="percents")


def test_an_axis_of_numbers_reaches_over_unknown_ends():
    frame = pd.DataFrame({"period": range(5), "share": [1.0, None, None, None, None]})
    drawn, whole = (draw_lines(rows, x="period", y="share", title="Back") for rows in (frame, frame.fillna(0.5)))

    assert drawn.figure.x_range.start == pytest.approx(-0.2)
    assert drawn.figure.x_range.end == pytest.approx(4.2)
    assert not patch(drawn, whole), "an axis without unknown ends follows its points, so it needs another canvas"
