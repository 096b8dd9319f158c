import numpy as np
import pandas as pd
import pytest

from analytics_lib.charts.steps import draw_steps
from analytics_lib.errors import MissingColumnError

DAYS = pd.date_range("2024-05-01", periods=6, tz="UTC")
SERIES = pd.DataFrame({"time": DAYS, "value": [1.0, 1, np.nan, 5, 5, 5], "fitted": [1.0, 1, 1, 5, 5, 5]})
CHANGES = pd.DataFrame({"time": DAYS[3:4], "kind": ["mean"]})


def test_the_description_names_each_change() -> None:
    chart = draw_steps(SERIES, CHANGES, title="Users")

    assert chart.description == "6 values; 1 change: mean on Sat 04 May 2024."
    assert [entry.name for entry in chart.legend] == ["value", "stretch", "change"]


def test_no_change_is_said() -> None:
    assert draw_steps(SERIES, CHANGES.iloc[:0], title="Users").description == "6 values; no change."


def test_no_data_is_said() -> None:
    assert "No data" in draw_steps(SERIES.iloc[:0], CHANGES.iloc[:0], title="Users").description


def test_missing_columns_are_refused() -> None:
    with pytest.raises(MissingColumnError, match="fitted"):
        draw_steps(SERIES.drop(columns="fitted"), CHANGES, title="Users")


def test_values_far_from_zero_are_not_pressed_into_a_line() -> None:
    frame = pd.DataFrame({"time": pd.date_range("2024-05-01", periods=4, tz="UTC"), "value": [100.0, 101, 100, 99]})
    frame["fitted"] = 100.0
    none = pd.DataFrame({"time": frame["time"][:0], "kind": []})

    assert np.isnan(draw_steps(frame, none, title="Users").figure.y_range.start)
    assert draw_steps(frame.assign(value=[1.0, 9, 5, 3]), none, title="Users").figure.y_range.start == 0
