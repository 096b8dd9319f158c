"""The table of retention: maturity across a clock change, and groups."""

from __future__ import annotations

import pandas as pd

from analytics_lib.behaviour.retention import retention


def test_a_day_of_23_hours_is_over_when_its_clock_says_so() -> None:
    night = pd.to_datetime(["2024-03-31 00:30"]).tz_localize("Europe/London")
    events = pd.DataFrame({"user_id": ["u"], "event_time": night})

    frame = retention(events, periods=1, time_zone="Europe/London", observed_until="2024-03-31T23:00Z").to_frame()

    assert frame["mature"].tolist() == [True]


def test_an_unknown_group_is_a_group_and_groups_sum_to_the_total() -> None:
    events = pd.DataFrame(
        {"user_id": list("abc"), "event_time": pd.to_datetime(["2024-05-01"] * 3), "os": ["x", None, "x"]}
    )

    split = retention(events, by="os", periods=1)

    assert split.to_frame()["cohort_users"].tolist() == [2, 1]
    assert split.people(os=None, cohort="2024-05-01", period=0)["user_id"].to_pylist() == ["b"]
    assert split.to_frame()["cohort_users"].sum() == retention(events, periods=1).to_frame()["cohort_users"].sum()
