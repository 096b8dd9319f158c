"""A series' unit is told from its own days: pandas' date ranges say which."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.charts.calendar_ticks import calendar_unit
from analytics_lib.charts.lines import draw_lines
from analytics_lib.charts.patching import patch


def clock(frequency, periods=9, start="2024-03-01"):
    return pd.date_range(start, periods=periods, freq=frequency).to_numpy("datetime64[ms]")


@pytest.mark.parametrize(
    ("frequency", "unit"),
    [("D", "day"), ("W-MON", "week"), ("W-SUN", "week"), ("MS", "month"), ("h", None), ("15min", None)],
)
def test_the_unit_is_that_of_the_data(frequency, unit):
    assert calendar_unit(clock(frequency)) == unit


def test_a_missing_week_is_still_a_week():
    assert calendar_unit(clock("W-MON")[[0, 1, 4, 5]]) == "week"


def test_one_day_alone_is_a_day_and_no_time_at_all_is_nothing():
    assert calendar_unit(clock("D", 1)) == "day"
    assert calendar_unit(clock("D", 0)) is None


def lines(frequency, **options):
    times = pd.date_range("2024-03-29", periods=9, freq=frequency, tz=options.get("time_zone", "UTC"))
    return draw_lines(pd.DataFrame({"time": times, "users": range(9)}), x="time", y="users", title="U", **options)


def test_weeks_of_a_zone_begin_at_its_midnight_also_across_the_change_of_clocks():
    args = lines("W-MON", time_zone="Europe/London").figure.xaxis[0].ticker.args

    assert args == {"unit": "week", "anchor": pd.Timestamp("2024-04-01").timestamp() * 1000}


def test_a_canvas_that_is_used_again_follows_the_new_calendar():
    shown, wanted = lines("D"), lines("W-SUN")

    assert patch(shown, wanted)

    assert shown.figure.xaxis[0].ticker.args == wanted.figure.xaxis[0].ticker.args
    assert not patch(shown, lines("h"))  # hours are marked by another kind of ticker
