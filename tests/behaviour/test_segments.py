"""People by rule."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.conditions import did, has
from analytics_lib.behaviour.segments import segments
from analytics_lib.errors import ArgumentError

EVENTS = pd.DataFrame(
    {
        "user_id": ["a", "a", "b", None],
        "event": ["view", "buy", "view", "view"],
        "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"]),
        "plan": ["free", "pro", "free", None],
    }
)


def test_rules_may_overlap_and_every_number_has_its_people(events_as) -> None:
    result = segments(events_as(EVENTS), {"lookers": "view", "pro": has("plan", "pro"), "buyers": did("buy")})

    assert result.to_frame()["users"].tolist() == [2, 1, 1]
    assert result.total == 2
    for row in result.to_frame().itertuples():
        assert row.users == result.people(segment=row.segment).num_rows


def test_only_what_was_known_at_the_moment_counts() -> None:
    assert segments(EVENTS, {"buyers": "buy"}, as_of="2024-05-02").to_frame()["users"].tolist() == [0]
    assert "before 2024-05-02" in segments(EVENTS, {"buyers": "buy"}, as_of="2024-05-02").definition


def test_no_rules_are_refused() -> None:
    with pytest.raises(ArgumentError):
        segments(EVENTS, {})
