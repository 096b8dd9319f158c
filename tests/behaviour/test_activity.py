"""Hours and weekdays of the clock, counted against a loop that is slow and obvious."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.activity import WEEKDAYS, activity

RANDOM = np.random.default_rng(3)
TIMES = pd.Timestamp("2024-03-20", tz="UTC") + pd.to_timedelta(RANDOM.integers(0, 20 * 86_400, 3_000), "s")
EVENTS = pd.DataFrame({"user_id": RANDOM.integers(0, 40, 3_000).astype(str), "event_time": TIMES, "event": "x"})


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata"])
def test_cells_equal_a_slow_count_across_a_clock_change(zone: str) -> None:
    local = [when.astimezone(ZoneInfo(zone)) for when in EVENTS["event_time"]]
    counted = Counter((WEEKDAYS[when.weekday()], when.hour) for when in local)
    people = {(WEEKDAYS[when.weekday()], when.hour, user) for when, user in zip(local, EVENTS["user_id"], strict=True)}

    result = activity(EVENTS, time_zone=zone)

    frame = result.to_frame().set_index(["weekday", "hour"])
    assert len(frame) == 168
    assert {key: int(value) for key, value in frame["events"].items() if value} == dict(counted)
    assert frame["users"].sum() == len(people)
    assert result.total == EVENTS["user_id"].nunique()


def test_the_hour_that_spring_leaves_out_occurs_once_less() -> None:
    result = activity(EVENTS, time_zone="Europe/Berlin", start="2024-03-25", end="2024-04-07")

    sundays = result.to_frame().query("weekday == 'Sunday'").set_index("hour")["hours"]
    assert (sundays[1], sundays[2], sundays[3]) == (2, 1, 2)


def test_the_people_of_a_cell_are_as_many_as_it_says() -> None:
    result = activity(EVENTS)

    for row in result.to_frame().iloc[::29].itertuples():
        assert result.people(weekday=row.weekday, hour=row.hour).num_rows == row.users


def test_a_clear_peak_is_sure_and_equal_hours_are_not() -> None:
    days = pd.date_range("2024-05-01", periods=28, tz="UTC")
    busy = [day + pd.Timedelta(hours=9, minutes=minute) for day in days for minute in range(30)]
    flat = [day + pd.Timedelta(hours=int(hour)) for day in days for hour in RANDOM.integers(10, 20, 20)]
    table = pd.DataFrame({"user_id": "a", "event_time": busy + flat})

    peaks = activity(table, start="2024-05-01", end="2024-05-28").peak_hours(top=1)

    assert (peaks["hour"][0], peaks["top_rate"][0], peaks["events_per_day"][0]) == (9, 1.0, 30.0)
    equal = activity(table[table["event_time"].dt.hour > 9], start="2024-05-01", end="2024-05-28").peak_hours(top=1)
    assert equal["top_rate"].max() < 0.9
    assert equal["top_rate"].sum() == pytest.approx(1)
    assert (equal["events_per_day_low"] <= equal["events_per_day_high"]).all()


def test_an_empty_table_is_an_empty_week() -> None:
    result = activity(EVENTS.head(0))

    assert result.to_frame()["events"].sum() == 0
    assert result.to_frame()["events_per_hour"].isna().all()
    assert result.peak_hours()["top_rate"].isna().all()
    assert activity(EVENTS, event="y").to_frame()["events"].sum() == 0
