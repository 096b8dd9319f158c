"""What an analysis looks at."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from analytics_lib.behaviour.scope import group_columns, open_scope
from analytics_lib.errors import ArgumentError


def events(*times: str | None) -> pd.DataFrame:
    return pd.DataFrame({"user_id": ["a"] * len(times), "event_time": pd.to_datetime(list(times), utc=True)})


def test_events_without_a_time_are_left_out_and_counted() -> None:
    scope = open_scope(events("2024-05-01", None), ["user_id", "event_time"], analysis="test")

    assert scope.table.count().execute() == 1
    assert scope.notes == ("1 events without an event_time are left out.",)


def test_a_date_alone_as_observed_until_means_the_whole_day() -> None:
    scope = open_scope(events("2024-05-01"), ["event_time"], analysis="test", observed_until="2024-05-01")

    assert scope.observed_until == datetime(2024, 5, 2, tzinfo=UTC)


def test_the_newest_event_at_midnight_has_its_own_bucket() -> None:
    scope = open_scope(events("2024-05-01", "2024-05-02"), ["event_time"], analysis="test")

    assert len(scope.edges("day")) == 3


def test_provenance_tells_range_and_completeness() -> None:
    scope = open_scope(events("2024-05-01"), ["event_time"], analysis="test", start="2024-04-01")

    assert str(scope.provenance).startswith("Data: in memory, 2024-04-01 to –, complete until 2024-05-01")


def test_a_group_column_may_not_hide_a_result_column() -> None:
    assert group_columns("country") == ("country",)
    assert group_columns(["country", "os"]) == ("country", "os")
    with pytest.raises(ArgumentError):
        group_columns(["users"])
