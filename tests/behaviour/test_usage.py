"""What people use and prefer, against a slow count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from analytics_lib.behaviour.usage import feature_usage, preferences

RANDOM = np.random.default_rng(4)
EVENTS = pd.DataFrame(
    {
        "user_id": RANDOM.choice(["a", "b", "c", "d", None], 200),
        "tenant_id": RANDOM.choice(["x", "y"], 200),
        "event": RANDOM.choice(["view", "buy", "share"], 200, p=[0.9, 0.07, 0.03]),
        "event_time": pd.Timestamp("2024-05-01") + pd.to_timedelta(RANDOM.integers(0, 50, 200), "h"),
        "topic": RANDOM.choice(["tea", "nuts", None], 200),
    }
)


def test_users_and_events_equal_those_of_pandas() -> None:
    result = feature_usage(EVENTS)

    known = EVENTS.dropna(subset="user_id")
    for row in result.to_frame().itertuples():
        people = known[known["event"] == row.feature].drop_duplicates(["user_id", "tenant_id"])
        assert row.users == len(people) == result.people(feature=row.feature).num_rows
        assert row.events == (EVENTS["event"] == row.feature).sum()
        low, high = proportion_confint(row.users, result.total, method="wilson")
        assert (row.user_rate_low, row.user_rate_high) == pytest.approx((low, high))
    assert result.total == len(known.drop_duplicates(["user_id", "tenant_id"]))


def test_each_person_has_the_favourite_a_slow_count_finds() -> None:
    result = preferences(EVENTS, of="topic")

    known = EVENTS.dropna(subset=["user_id", "topic"])
    favourites: dict[str, int] = {}
    for _, rows in known.groupby(["user_id", "tenant_id"]):
        best = max(
            sorted(set(rows["topic"])),
            key=lambda topic: ((rows["topic"] == topic).sum(), rows[rows["topic"] == topic]["event_time"].max()),
        )
        favourites[best] = favourites.get(best, 0) + 1
    frame = result.to_frame()
    assert {row.preference: row.users for row in frame.itertuples() if row.users} == favourites
    for row in frame.itertuples():
        assert result.people(preference=row.preference).num_rows == row.users
        liked = known[known["topic"] == row.preference]
        assert row.interested_users == len(liked.drop_duplicates(["user_id", "tenant_id"]))
    assert result.total == frame["users"].sum()


def test_a_value_inside_the_properties_names_a_feature() -> None:
    table = EVENTS.assign(properties='{"button": "save"}')

    (row,) = feature_usage(table, of="properties.button").to_frame().to_dict("records")

    assert (row["feature"], row["events"]) == ("save", 200)


def test_nothing_used_is_an_answer() -> None:
    result = feature_usage(EVENTS.head(0))

    assert result.to_frame().empty
    assert "<table" in result._repr_html_()
    assert preferences(EVENTS.head(0), of="topic").to_frame().empty
