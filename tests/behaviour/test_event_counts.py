"""Events per bucket: whole range, zeros where nothing happened, nothing where nothing was observed."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.errors import ArgumentError, MissingColumnError


def at(*times: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame({"event_time": pd.to_datetime(list(times), utc=True, format="ISO8601"), **columns})


def test_every_kind_of_table_gives_the_same_counts(events_as) -> None:
    events = events_as(at("2024-05-01 09:00", "2024-05-01 23:59:59", "2024-05-03 00:00"))

    frame = event_counts(events).to_frame()

    assert frame["time"].dt.strftime("%d").tolist() == ["01", "02", "03"]
    assert frame["events"].tolist() == [2, 0, 1]
    assert frame["complete"].tolist() == [True, True, False]
    assert list(frame.columns) == ["time", "events", "complete"]


def test_a_bucket_nobody_has_observed_yet_is_unknown_and_not_zero() -> None:
    frame = event_counts(at("2024-05-01 09:00"), start="2024-04-30", end="2024-05-03").to_frame()

    assert frame["events"].fillna(-1).tolist() == [0, 1, -1, -1]
    assert frame["complete"].tolist() == [True, False, False, False]


def test_observed_until_completes_quiet_days() -> None:
    frame = event_counts(at("2024-05-01 09:00"), end="2024-05-03", observed_until="2024-05-03").to_frame()

    assert frame["events"].tolist() == [1, 0, 0]
    assert frame["complete"].all()


def test_days_of_a_zone_may_have_23_and_25_hours() -> None:
    hours = pd.DataFrame({"event_time": pd.date_range("2024-03-30", "2024-04-02", freq="h", tz="Europe/London")})

    frame = event_counts(hours, time_zone="Europe/London", end="2024-04-01").to_frame()

    assert frame["events"].tolist() == [24, 23, 24]


def test_weeks_may_start_on_sunday() -> None:
    frame = event_counts(at("2024-05-05", "2024-05-06"), grain="weekly", week_start="sunday").to_frame()

    assert frame["time"].dt.strftime("%Y-%m-%d").tolist() == ["2024-05-05"]


def test_a_missing_value_is_its_own_group_and_groups_sum_to_the_total() -> None:
    events = at("2024-05-01", "2024-05-01", "2024-05-02", country=["GB", None, "GB"])

    result = event_counts(events, by="country")

    frame = result.to_frame()
    assert frame["events"].tolist() == [1, 1, 1, 0]
    assert frame["country"].isna().tolist() == [False, True, False, True]
    assert result.total == 3


def test_only_events_of_the_range_are_counted_and_a_cut_bucket_says_so() -> None:
    events = at("2024-05-01 03:00", "2024-05-01 18:00", "2024-05-02 01:00")

    frame = event_counts(events, start="2024-05-01T12:00", end="2024-05-02").to_frame()

    assert frame["events"].tolist() == [1, 1]
    assert frame["complete"].tolist() == [False, False]


def test_weights_are_used_only_when_asked_for() -> None:
    events = at("2024-05-01", "2024-05-01", sample_weight=[10.0, None])

    assert event_counts(events).total == 2
    assert event_counts(events, weighted=True).total == 11.0


def test_an_empty_table_gives_an_empty_answer_with_a_note() -> None:
    result = event_counts(at(country=[]), by="country")

    assert len(result.to_frame()) == 0
    assert "no events" in result.notes[0]
    assert len(event_counts(at(), start="2024-05-01", end="2024-05-02").to_frame()) == 2


def test_a_missing_column_and_a_reserved_split_are_refused() -> None:
    with pytest.raises(MissingColumnError, match="event_time"):
        event_counts(pd.DataFrame({"event_tim": []}))
    with pytest.raises(ArgumentError, match="hide a result column"):
        event_counts(at("2024-05-01"), by="time")
