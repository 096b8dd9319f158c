"""Recommendations against published clicks by position, and against loops over each person and item."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.recommendations import recommendations
from analytics_lib.errors import ArgumentError
from analytics_lib.privacy.suppression import suppress
from analytics_lib.statistics.proportions import wilson_bounds
from tests.conftest import shared_data

NAMES = {"recommendation.impression": 0, "recommendation.click": 1, "content.complete": 2}
DAY = pd.Timedelta("1D")


def history(seed: int, rows: int = 600) -> pd.DataFrame:
    """Make showings, clicks and completions of a few items by a few people, at different times."""
    random = np.random.default_rng(seed)
    minutes = random.choice(60 * 24 * 5, rows, replace=False)
    return pd.DataFrame(
        {
            "user_id": random.choice(["a", "b", "c", "d", None], rows).astype(object),
            "event": random.choice([*NAMES, "page.view"], rows),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta(minutes, "min"),
            "content_id": random.choice(["m1", "m2", "m3", None], rows).astype(object),
            "properties": [json.dumps({"place": int(place)}) for place in random.integers(1, 4, rows)],
        }
    )


def furthest(mine: pd.DataFrame) -> tuple[int, str] | None:
    """Try every showing of one pair with every click and completion after it; give the furthest, latest one."""
    events = [(row.event_time, NAMES.get(row.event, 9), row.properties) for row in mine.itertuples()]
    found = []
    for when, name, said in events:
        if name:
            continue
        clicks = [time for time, other, _ in events if other == 1 and when <= time <= when + DAY]
        goals = [time for time, other, _ in events if other == 2 and time <= when + DAY]
        done = any(click <= goal for click, goal in product(clicks, goals))
        found.append((2 if done else 1 if clicks else 0, when, str(json.loads(said)["place"])))
    best = max(found, default=None)
    return None if best is None else (best[0], best[2])


@pytest.mark.parametrize("seed", range(4))
def test_each_row_equals_a_loop_over_people_and_items(seed: int) -> None:
    events = history(seed)
    known = events.dropna(subset=["user_id", "content_id"])
    pairs = {pair: furthest(mine) for pair, mine in known.groupby(["user_id", "content_id"])}
    seen = {pair: level for pair, level in pairs.items() if level is not None}

    by_item, by_place = recommendations(events), recommendations(events, by="properties.place")

    for result, name, of in ((by_item, "content_id", lambda pair, _: pair[1]),
                             (by_place, "properties.place", lambda _, level: level[1])):  # fmt: skip
        for row in result.to_frame().dropna(subset=name).to_dict("records"):
            mine = {pair: level[0] for pair, level in seen.items() if of(pair, level) == row[name]}
            for level, column in enumerate(("users", "clicked_users", "goal_users")):
                who = {pair[0] for pair, got in mine.items() if got >= level}
                assert row[column] == len(who)
                people = result.people(**{name: row[name]}, counted=column)
                assert set(people["user_id"].to_pylist()) == who
            assert row["offers"] == len(mine)
            assert row["click_rate"] == pytest.approx(row["clicked_users"] / row["users"])
            bounds = wilson_bounds(row["click_rate"], row["users"], 0.95)
            assert (row["click_rate_low"], row["click_rate_high"]) == pytest.approx(bounds)


def test_the_clicks_by_position_are_the_published_ones() -> None:
    rows = []
    for line in shared_data("ubi-esci-search/ubi_queries_events.ndjson").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        if "action_name" in told:
            at = told["event_attributes"]
            item = told["query_id"] + at["object"]["object_id"]
            rows.append((told["client_id"], told["action_name"], told["timestamp"], item, at["position"]["ordinal"]))
    events = pd.DataFrame(rows, columns=["user_id", "event", "event_time", "item", "position"])
    events["event_time"] = pd.to_datetime(events["event_time"])

    frame = recommendations(events, of="item", by="position", shown="impression", clicked="click").to_frame()

    assert frame["position"].tolist() == [0, 1, 2, 3, 4]
    assert frame["impressions"].tolist() == [200] * 5
    assert frame["clicked_users"].tolist() == [22, 10, 13, 9, 6]


def test_showings_are_counted_in_the_range_also_those_of_nobody() -> None:
    events = history(7)

    frame = recommendations(events, start="2024-05-02", end="2024-05-03").to_frame()

    inside = events[events["event_time"].dt.day.isin([2, 3]) & (events["event"] == "recommendation.impression")]
    counts = inside["content_id"].value_counts()
    assert frame.dropna(subset="content_id").set_index("content_id")["impressions"].to_dict() == counts.to_dict()


def test_the_same_name_at_two_tenants_is_two_people() -> None:
    two = pd.concat([history(8).assign(tenant_id="x"), history(8).assign(tenant_id="y")])

    frame, alone = recommendations(two).to_frame(), recommendations(history(8)).to_frame()

    assert frame["users"].tolist() == (2 * alone["users"]).tolist()
    assert frame["clicked_users"].tolist() == (2 * alone["clicked_users"]).tolist()


def test_small_groups_are_hidden_with_their_rates() -> None:
    hidden = suppress(recommendations(history(9)), minimum_users=10).to_frame()

    assert hidden[["users", "click_rate", "click_rate_low"]].isna().all(axis=None)


def test_nothing_is_an_answer_and_a_hidden_column_is_refused() -> None:
    empty = recommendations(history(1).head(0))

    assert empty.to_frame().empty
    assert empty.plot().description == "Nothing to compare yet."
    with pytest.raises(ArgumentError, match="hide a result column"):
        recommendations(history(1), by="users")
