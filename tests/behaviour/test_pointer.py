"""Clicks fall where they were made, and depth is reached by as many as a slow count says."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.pointer import click_map, scroll_reach
from analytics_lib.datasets.pointers import BUTTON, make_pointer_events
from analytics_lib.errors import ArgumentError

EVENTS = make_pointer_events(seed=3, users=90)
ALL = set(EVENTS["user_id"])
TOLD = EVENTS.assign(told=EVENTS["properties"].map(json.loads))


def told(width: int, action: str) -> pd.DataFrame:
    return TOLD[[one.get("viewport_width") == width and one.get("action") == action for one in TOLD["told"]]]


@pytest.mark.parametrize(("width", "pixels"), [("phone", 390), ("tablet", 820), ("desktop", 1280)])
def test_each_cell_holds_the_clicks_numpy_counts(width: str, pixels: int) -> None:
    clicks = told(pixels, "click")["told"]
    expected, _, _ = np.histogram2d(
        [one["y"] for one in clicks], [one["x"] for one in clicks], bins=(20, 12), range=[[0, 1], [0, 1]]
    )

    result = click_map(EVENTS, "/offer", consented=ALL, width=width, columns=12)

    assert result.to_frame()["clicks"].to_numpy("int64").reshape(20, 12).tolist() == expected.astype(int).tolist()
    assert result.total == 30
    hottest = result.to_frame().sort_values("clicks").iloc[-1]
    assert abs(hottest["across"] / 100 - BUTTON[0]) < 0.12
    assert abs(hottest["down"] / 100 - BUTTON[1]) < 0.12


def test_the_people_of_a_cell_are_as_many_as_it_says() -> None:
    result = click_map(EVENTS, "/offer", consented=ALL, columns=7, rows=9)

    for row in result.to_frame().itertuples():
        if row.users:
            assert result.people(down=row.down, across=row.across).num_rows == row.users


def test_pixels_become_shares_and_a_place_off_the_page_is_said() -> None:
    sent = [{"x": 640, "y": 3000, "page_width": 1280, "page_height": 3000}, {"x": 640, "y": 10}]
    texts = [json.dumps({"action": "click", "viewport_width": 1280, **one}) for one in sent]
    table = EVENTS.head(2).assign(event="interaction.pointer", properties=texts)

    result = click_map(table, "/offer", consented=ALL, columns=2, rows=2)

    assert result.to_frame()["clicks"].tolist() == [0, 0, 0, 1]
    assert "1 clicks without a place" in result.notes[-1]


def test_reach_equals_a_slow_count() -> None:
    depths = [one["scroll_depth"] for one in told(1280, "scroll")["told"]]

    result = scroll_reach(EVENTS, "/offer", consented=ALL)

    for row in result.to_frame().itertuples():
        assert row.users == sum(depth >= row.depth / 100 for depth in depths)
        assert result.people(depth=row.depth).num_rows == row.users


def test_only_people_who_agreed_are_in_it() -> None:
    agreed = {name for name in ALL if name.endswith("2")}

    result = click_map(EVENTS, "/offer", consented=agreed)

    assert result.total == len({name for name in agreed if int(name[-4:]) % 3 == 2})
    assert "no consent for session recording" in result.notes[0]
    nobody = scroll_reach(EVENTS, "/offer", consented=[])
    assert (nobody.total, nobody.to_frame()["users"].sum()) == (0, 0)
    assert "<table" in nobody._repr_html_()


def test_an_unknown_width_class_is_refused() -> None:
    with pytest.raises(ArgumentError, match="width"):
        click_map(EVENTS, "/offer", consented=ALL, width="watch")
