"""Days counted without rows are the days of the rows, in one part or in many."""

from __future__ import annotations

from unittest.mock import patch

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour import parts
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.sessions_table import sessions_per_day


@given(rows=st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["s", None]),
                               st.sampled_from(["V", "E", "x"]), st.integers(0, 400)), max_size=30),
       rows_of_a_part=st.sampled_from([4, 200_000]),
       zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]))  # fmt: skip
@settings(max_examples=16, deadline=None)
def test_days_without_rows_are_the_days_of_the_rows(rows: list[tuple], rows_of_a_part: int, zone: str) -> None:
    table = pd.DataFrame(rows, columns=["user_id", "session_id", "event", "tens"]).astype({"user_id": "str"})
    table["event_time"] = pd.Timestamp("2024-03-09", tz="UTC") + pd.to_timedelta(10 * table.pop("tens"), unit="min")

    with patch.object(parts, "ROWS_OF_A_PART", rows_of_a_part):
        result = sessions(table, time_zone=zone, start="2024-03-09 05:00", view=["V"], engagement=["E"])

    pd.testing.assert_frame_equal(result.per_day(), sessions_per_day(result.to_frame()), check_dtype=False)
    assert result.per_day()["sessions"].sum() == len(result.to_frame())
