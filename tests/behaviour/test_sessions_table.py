"""The table of sessions, by day."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import replace

import pandas as pd

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


def test_a_given_frame_is_what_the_days_are_counted_from() -> None:
    table = pd.DataFrame({"user_id": ["a", "b"], "event_time": pd.to_datetime(["2024-05-01", "2024-05-02"])})
    result = sessions(table)

    fewer = replace(result, frame=result.frame.iloc[:1])

    assert (len(result.per_day()), len(fewer.per_day()), len(copy(fewer).per_day())) == (2, 1, 1)
    assert copy(sessions(table)).per_day()["sessions"].tolist() == [1, 1]  # as a pickle would: the frame goes along
