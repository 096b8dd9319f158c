from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.charts import columns
from analytics_lib.errors import MissingColumnError


def test_unknown_whole_numbers_become_gaps_not_zeros():
    assert np.isnan(columns.numbers(pd.Series([1, None, 3], dtype="Int64"))[1])


def test_a_clock_shows_the_named_zone_across_a_clock_change():
    utc = pd.Series(pd.to_datetime(["2024-03-31T00:30Z", "2024-03-31T01:30Z"]))

    shown = columns.wall_clock(utc, "Europe/London")

    assert [str(when)[11:16] for when in shown] == ["00:30", "02:30"]  # London skipped 01:00-02:00 that night


def test_naive_times_are_utc():
    assert str(columns.wall_clock(pd.Series(pd.to_datetime(["2024-01-01"])), "Asia/Tokyo")[0])[11:16] == "09:00"


def test_missing_days_break_the_line():
    days = pd.Series(pd.date_range("2024-05-01", periods=10)).drop([4, 5])

    places, values = columns.with_gaps(columns.wall_clock(days), np.ones(8))

    assert len(places) == 9
    assert np.isnan(values[4])
    assert places[3] < places[4] < places[5]


def test_months_of_different_length_are_no_gaps():
    months = pd.Series(pd.date_range("2023-01-01", periods=24, freq="MS"))

    assert len(columns.with_gaps(columns.wall_clock(months), np.ones(24))[0]) == 24


def test_an_irregular_series_is_drawn_through():
    places = np.array([0.0, 1.0, 7.0, 9.0, 30.0])

    assert len(columns.with_gaps(places, np.ones(5))[0]) == 5


@given(st.sets(st.integers(0, 60), min_size=4, max_size=61))
def test_no_observation_is_lost_or_moved_by_gaps(days):
    places = np.array(sorted(days), dtype=float)
    values = np.arange(len(places), dtype=float)

    _, broken = columns.with_gaps(places, values)

    assert broken[np.isfinite(broken)].tolist() == values.tolist()


def test_the_largest_groups_are_kept_and_the_rest_counted():
    frame = pd.DataFrame({"name": list("abcdefghijkl"), "users": range(12)})

    split = columns.groups(frame, "name", "users")

    assert [name for name, _ in split][:2] == ["l", "k"]
    assert (len(split.parts), split.left_out) == (9, 3)


def test_categories_that_have_an_order_keep_it():
    names = pd.Categorical(["b", "a", "b"], ["a", "b", "nobody"], ordered=True)
    frame = pd.DataFrame({"name": names, "users": [5, 1, 5]})

    assert [name for name, _ in columns.groups(frame, "name", "users").parts] == ["a", "b"]
    unordered = frame.assign(name=frame["name"].astype(str))
    assert [name for name, _ in columns.groups(unordered, "name", "users").parts] == ["b", "a"]


def test_a_missing_value_is_a_group_of_its_own():
    frame = pd.DataFrame({"device": ["mobile", None], "users": [1, 2]})

    assert [name for name, _ in columns.groups(frame, "device", "users")] == ["–", "mobile"]


def test_one_series_needs_no_legend():
    assert columns.groups(pd.DataFrame({"users": [1]}), None, "users").legend() == ()


def test_days_are_named_without_their_midnight():
    assert columns.categories(pd.Series(pd.to_datetime(["2024-05-01"], utc=True))) == ["2024-05-01"]


def test_unfinished_rows_follow_the_complete_column():
    frame = pd.DataFrame({"complete": pd.array([True, False, None], dtype="boolean")})

    assert columns.finished(frame).tolist() == [True, False, True]
    assert columns.finished(pd.DataFrame({"x": [1]})).tolist() == [True]


def test_a_missing_column_is_named_with_the_chart():
    with pytest.raises(MissingColumnError, match="draw_lines needs the column 'usres'"):
        columns.require(pd.DataFrame({"users": [1]}), "usres", chart="draw_lines")
