"""Distinct people per bucket, against a set built by hand for each bucket."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.errors import ArgumentError


def random_events(seed: int, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    users = rng.choice(["a", "b", "c", "d", "e", None], rows).astype(object)
    hours = rng.integers(0, 24 * 40, rows)
    return pd.DataFrame(
        {
            "user_id": users,
            "event_time": pd.Timestamp("2024-03-01", tz="UTC") + pd.to_timedelta(hours, "h"),
            "country": rng.choice(["GB", "NL", None], rows).astype(object),
            "tenant_id": rng.choice(["x", "y"], rows),
        }
    )


@pytest.mark.parametrize("trailing", [None, "7d", "30d"])
def test_counts_equal_the_sets_of_people_built_by_hand(trailing: str | None) -> None:
    events = random_events(seed=4)
    days = int(trailing[:-1]) if trailing else 1

    result = active_users(events, trailing=trailing, start="2024-03-05", by="country", time_zone="Europe/London")

    known = events.dropna(subset="user_id")
    for row in result.to_frame().iloc[::11].itertuples():
        local = row.time.tz_convert("Europe/London").tz_localize(None)
        first = (local - timedelta(days=days - 1)).tz_localize("Europe/London")
        last = (local + timedelta(days=1)).tz_localize("Europe/London")
        inside = known[(known.event_time >= first) & (known.event_time < last)]
        group = inside[inside.country.isna() if pd.isna(row.country) else inside.country == row.country]
        expected = set(zip(group.user_id, group.tenant_id, strict=True))
        people = result.people(time=row.time, country=row.country).to_pandas()
        assert row.users == len(expected)
        assert set(people.itertuples(index=False, name=None)) == expected


def test_the_total_counts_each_person_once_and_is_not_the_sum() -> None:
    events = random_events(seed=5)

    result = active_users(events, start="2024-03-02", end="2024-03-20")

    inside = events[(events.event_time >= "2024-03-02") & (events.event_time < "2024-03-21")].dropna(subset="user_id")
    assert result.total == len(inside[["tenant_id", "user_id"]].drop_duplicates())
    assert result.to_frame()["users"].sum() > result.total


def test_every_kind_of_table_gives_the_same_people(events_as) -> None:
    frame = pd.DataFrame(
        {"user_id": ["a", "a", "b"], "event_time": pd.to_datetime(["2024-05-01", "2024-05-03", "2024-05-03"])}
    )

    result = active_users(events_as(frame))

    assert result.to_frame()["users"].tolist() == [1, 0, 2]
    assert result.people(time="2024-05-03")["user_id"].to_pylist() == ["a", "b"]


def test_people_without_a_name_are_not_people() -> None:
    events = pd.DataFrame({"user_id": [None, "a"], "event_time": pd.to_datetime(["2024-05-01"] * 2)})

    result = active_users(events)

    assert result.to_frame()["users"].tolist() == [1]
    assert "1 events without a user_id" in result.notes[0]


def test_events_before_the_start_serve_as_history_of_a_trailing_number() -> None:
    events = pd.DataFrame({"user_id": ["a"], "event_time": pd.to_datetime(["2024-05-01"])})

    frame = active_users(events, trailing="7d", start="2024-05-07", end="2024-05-08", observed_until="2024-05-08")

    assert frame.to_frame()["users"].tolist() == [1, 0]


def test_a_trailing_length_of_broken_buckets_is_refused() -> None:
    events = random_events(seed=1, rows=3)

    with pytest.raises(ArgumentError, match="whole number of buckets"):
        active_users(events, trailing="36h")
    with pytest.raises(ArgumentError, match='grain="day"'):
        active_users(events, trailing="30d", grain="month")


def test_an_empty_table_has_no_people() -> None:
    empty = pd.DataFrame({"user_id": pd.Series([], dtype=str), "event_time": pd.to_datetime([])})

    assert active_users(empty).total == 0
    assert active_users(empty, start="2024-05-01", end="2024-05-01").to_frame()["users"].isna().all()
