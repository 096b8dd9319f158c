"""The table of sessions, by day."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import replace

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.sessions_table import sessions_per_day


def test_a_day_counts_sessions_people_and_the_share_of_bounces_known() -> None:
    frame = pd.DataFrame(
        {
            "user_id": ["a", "a", None],
            "session_id": ["1", "2", "3"],
            "day": ["2024-05-01"] * 3,
            "bounced": pd.array([True, False, None], "boolean"),
            "duration_seconds": [10.0, 20.0, 60.0],
        }
    )

    days = sessions_per_day(frame)

    assert days[["sessions", "users", "bounce_rate", "median_seconds"]].to_numpy().tolist() == [[3, 1, 0.5, 20.0]]
    assert math.isnan(sessions_per_day(frame.assign(bounced=pd.array([None] * 3, "boolean")))["bounce_rate"].iloc[0])


@given(rows=st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["s", None]),
                               st.sampled_from(["V", "E", "x"]), st.integers(0, 400)), max_size=30),
       zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]))  # fmt: skip
@settings(max_examples=8, deadline=None)
def test_days_without_rows_are_the_days_of_the_rows(rows: list[tuple], zone: str) -> None:
    table = pd.DataFrame(rows, columns=["user_id", "session_id", "event", "tens"]).astype({"user_id": "str"})
    table["event_time"] = pd.Timestamp("2024-03-09", tz="UTC") + pd.to_timedelta(10 * table.pop("tens"), unit="min")

    result = sessions(table, time_zone=zone, start="2024-03-09 05:00", view=["V"], engagement=["E"])

    pd.testing.assert_frame_equal(result.per_day(), sessions_per_day(result.to_frame()), check_dtype=False)
    assert result.per_day()["sessions"].sum() == len(result.to_frame())


def test_a_given_frame_is_what_the_days_are_counted_from() -> None:
    table = pd.DataFrame({"user_id": ["a", "b"], "event_time": pd.to_datetime(["2024-05-01", "2024-05-02"])})
    result = sessions(table)

    fewer = replace(result, frame=result.frame.iloc[:1])

    assert (len(result.per_day()), len(fewer.per_day()), len(copy(fewer).per_day())) == (2, 1, 1)
    assert copy(sessions(table)).per_day()["sessions"].tolist() == [1, 1]  # as a pickle would: the frame goes along
