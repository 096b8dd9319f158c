"""The fast way of retention gives what the portable one gives."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour import retention as asked
from analytics_lib.behaviour.funnel_steps import step

events = st.tuples(
    st.sampled_from(["a", "b", "c", None]),
    st.sampled_from(["S", "R", "other"]),
    st.sampled_from(["GB", "FR"]),
    st.integers(0, 9 * 24),
)
QUESTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"start": "2024-05-02", "end": "2024-05-05"},
    {"start_event": "S", "return_event": "R", "cohort": "first_in_range", "start": "2024-05-03 07:00"},
    {"start_event": step("S", where={"country": "GB"}), "kind": "on_or_after"},
    {"start_event": step(where={"country": "GB"}), "return_event": "R"},
    {"start_event": step("S", where={"country": "GB"}), "return_event": "R", "cohort": "first_matching"},
    {"grain": "week", "kind": "streak", "time_zone": "America/New_York"},
)


@pytest.mark.parametrize("question", QUESTIONS)
@settings(max_examples=3, deadline=None, phases=[Phase.generate])
@given(rows=st.lists(events, min_size=1, max_size=40))
def test_both_ways_give_the_same_frame_people_and_notes(question: dict[str, Any], rows: list[tuple]) -> None:
    table = pd.DataFrame(rows, columns=["user_id", "event", "country", "hour"])
    table["event_time"] = pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta(table.pop("hour"), unit="h")

    fast = asked.retention(table, **question)
    with patch.object(asked, "fits_presence", lambda *_, **__: False):
        portable = asked.retention(table, **question)

    pd.testing.assert_frame_equal(fast.to_frame(), portable.to_frame())
    assert fast.notes == portable.notes
    for row in fast.to_frame().head(1).itertuples():
        keys = {"cohort": row.cohort, "period": row.period}
        assert fast.people(**keys).to_pylist() == portable.people(**keys).to_pylist()
