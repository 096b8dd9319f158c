from __future__ import annotations

import numpy as np
import pandas as pd
from bokeh.models import ColumnDataSource

from analytics_lib.charts.bands import draw_band


def frame(**changes):
    days = pd.date_range("2024-05-01", periods=5, tz="UTC")
    flags = pd.array([False, None, True, False, False], dtype="boolean")
    rows = pd.DataFrame({"time": days, "value": [1.0, 2, 9, 2, 1], "is_anomaly": flags})
    return rows.assign(low=0.0, high=3.0, expected=1.5).assign(**changes)


def source(chart, name):
    return chart.figure.select_one({"type": ColumnDataSource, "name": name}).data


def test_only_points_known_to_be_anomalies_are_marked():
    marked = source(draw_band(frame(), title="Errors", flag="is_anomaly"), "flagged")["y"]

    assert marked[2] == 9
    assert np.isnan(np.delete(marked, 2)).all()


def test_missing_days_are_gaps_in_line_and_band():
    days = pd.date_range("2024-05-01", periods=20, tz="UTC").delete([9, 10])
    rows = pd.DataFrame({"time": days, "value": 1.0, "low": 0.0, "high": 2.0})

    chart = draw_band(rows, title="Errors")

    assert np.isnan(source(chart, "observed")["y"][9])
    assert np.isnan(source(chart, "range")["high"][9])


def test_the_legend_tells_what_is_drawn():
    chart = draw_band(frame(), title="Errors", expected="expected", flag="is_anomaly")

    assert [entry.name for entry in chart.legend] == ["observed", "expected range", "expected", "anomaly"]
    assert chart.description.endswith("1 of them flagged.")


def test_the_axis_is_not_forced_to_zero():
    chart = draw_band(frame(value=[101.0, 102, 103, 104, 105], low=100.0, high=106.0), title="Level")

    assert "start" not in chart.figure.y_range.properties_with_values(include_defaults=False)


def test_no_rows_give_an_explained_picture():
    assert draw_band(frame().head(0), title="Errors").description == "No data in this range."


def test_an_unfinished_bucket_is_dotted_and_said_to_be_incomplete():
    rows = frame(complete=pd.array([True, True, True, True, False], dtype="boolean"))

    chart = draw_band(rows, title="Errors", flag="is_anomaly", selectable=True)

    assert np.isnan(source(chart, "observed")["y"]).tolist() == [False, False, False, False, True]
    assert np.isnan(source(chart, "unfinished")["y"]).tolist() == [True, True, True, False, False]
    assert chart.source.data["shown"][-1] == "1 (incomplete)"


def test_a_range_that_is_endless_beside_a_gap_does_not_flatten_the_values() -> None:
    frame = pd.DataFrame({"time": pd.date_range("2024-05-01", periods=9, tz="UTC"), "value": [1.0, 2.0, 3.0] * 3})
    frame["low"], frame["high"] = 0.0, 4.0
    assert np.isnan(draw_band(frame, title="Errors").figure.y_range.end)
    frame.loc[4, "high"] = 500.0

    seen = draw_band(frame, title="Errors").figure.y_range

    assert (seen.start, seen.end) == (-0.1, 5.1)


def test_a_wide_range_is_drawn_with_its_edge() -> None:
    frame = pd.DataFrame({"time": pd.date_range("2024-05-01", periods=9, tz="UTC"), "value": [157.0, 270.0, 353.0] * 3})
    frame["low"], frame["high"] = 97.0, 572.0

    assert np.isnan(draw_band(frame, title="Events").figure.y_range.end)
