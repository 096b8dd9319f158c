"""What was known at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd

from analytics_lib.behaviour.past import open_past

EVENTS = pd.DataFrame(
    {
        "user_id": ["a", "b", None],
        "event_time": pd.to_datetime(["2024-05-01 00:00", "2024-05-02 12:00", "2024-05-03 00:00"]),
    }
)


def test_events_at_the_moment_itself_are_not_known_yet() -> None:
    past, _ = open_past(EVENTS, [], as_of="2024-05-02T12:00", analysis="test")

    assert past.everyone().execute()["user_id"].tolist() == ["a"]


def test_by_default_everything_is_known_but_events_of_nobody() -> None:
    past, scope = open_past(EVENTS, [], as_of=None, analysis="test")

    assert past.as_of == datetime(2024, 5, 3, 0, 0, 0, 1, tzinfo=UTC)
    assert past.since(timedelta(days=1)).count().execute() == 1
    assert scope.people_count(past.table) == 2
