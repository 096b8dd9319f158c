"""The overview's numbers against plain pandas over the same published log."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.overview_numbers import OTHERS, overview
from tests.widgets.shop import shop_frame


@pytest.fixture(scope="module")
def answer(workspace):
    audience = Audience.of(workspace, "shop")
    return overview(audience, audience.choices({"start": "2024-05-13", "end": "2024-06-09"}))


def between(first, last):
    frame = shop_frame()
    return frame[(frame["event_time"] >= first) & (frame["event_time"] < last)]


def test_cards_agree_with_a_count_by_hand(answer):
    now = between("2024-05-13T00:00Z", "2024-06-10T00:00Z")
    before = between("2024-04-15T00:00Z", "2024-05-13T00:00Z")

    shown = {kpi.title: (kpi.value, kpi.before) for kpi in answer.cards}

    assert shown["Events"] == (len(now), len(before))
    assert shown["Active people"] == (now["user_id"].nunique(), before["user_id"].nunique())
    first_seen = shop_frame().groupby("user_id")["event_time"].min()
    assert (
        shown["New people"][0]
        == first_seen.between(
            pd.Timestamp("2024-05-13", tz="UTC"), pd.Timestamp("2024-06-10", tz="UTC"), inclusive="left"
        ).sum()
    )


def test_parts_add_up_to_the_whole(answer):
    whole = answer.events.frame.set_index("time")["events"].astype(float)

    assert answer.parts.groupby("time")["events"].sum().astype(float).equals(whole)


def test_the_most_frequent_events_are_those_of_the_range(answer):
    counted = between("2024-05-13T00:00Z", "2024-06-10T00:00Z")["event"].value_counts()

    assert answer.names.set_index("event")["events"].tolist() == counted.head(10).tolist()


def test_small_parts_become_others(workspace, monkeypatch):
    monkeypatch.setattr("analytics_lib.widgets.overview_numbers.MOST_PARTS", 2)
    audience = Audience.of(workspace, "shop")

    parts = overview(audience, audience.choices({"end": "2024-03-31"})).parts

    assert set(parts["device_type"]) == {"desktop", OTHERS}


def test_a_hidden_count_has_no_value_and_no_change(workspace):
    corner = Audience.of(workspace, "corner")

    answer = overview(corner, corner.choices({"start": "2024-05-30", "end": "2024-05-30"}))

    people = next(kpi for kpi in answer.cards if kpi.title == "Active people")
    assert (people.value, people.change) == (None, None)
