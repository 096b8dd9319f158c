"""Paths on written walks, against counting by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.paths import PathsResult, paths
from analytics_lib.errors import ArgumentError
from tests.conftest import shared_data


def walk(**users: str) -> pd.DataFrame:
    """Read u="home shop" as one event per minute."""
    rows = [
        (user, name, pd.Timestamp("2024-05-01 09:00", tz="UTC") + pd.Timedelta(minute, "min"))
        for user, written in users.items()
        for minute, name in enumerate(written.split())
    ]
    return pd.DataFrame(rows, columns=["user_id", "event", "event_time"])


def edges(result: PathsResult) -> list[tuple[int, str, str, int]]:
    return [(row.step, row.source, row.target, row.transitions) for row in result.to_frame().itertuples()]


def test_every_path_goes_from_start_to_end() -> None:
    result = paths(walk(u="home shop", v="home"), length=3)

    assert edges(result) == [
        (1, "(start)", "home", 2),
        (2, "home", "(end)", 1),
        (2, "home", "shop", 1),
        (3, "shop", "(end)", 1),
    ]
    assert list(result.to_frame().columns) == ["step", "source", "target", "users", "sessions", "transitions"]


def test_paths_after_and_before_an_anchor() -> None:
    events = walk(u="home shop cart shop pay", v="cart")

    assert edges(paths(events, anchor="shop", length=2)) == [(1, "shop", "cart", 1), (2, "cart", "shop", 1)]
    assert edges(paths(events, anchor="shop", occurrence="last", length=2)) == [
        (1, "shop", "pay", 1),
        (2, "pay", "(end)", 1),
    ]
    assert edges(paths(events, anchor="shop", occurrence=2, length=1)) == [(1, "shop", "pay", 1)]
    assert edges(paths(events, anchor="cart", direction="before", length=2)) == [
        (1, "(start)", "cart", 1),
        (1, "shop", "cart", 1),
        (2, "home", "shop", 1),
    ]
    assert edges(paths(events, direction="before", length=1)) == [(1, "cart", "(end)", 1), (1, "pay", "(end)", 1)]


def test_repeats_count_only_where_they_are_not_collapsed() -> None:
    assert edges(paths(walk(u="a a b"), length=2))[1] == (2, "a", "b", 1)
    assert edges(paths(walk(u="a a b"), length=2, collapse=False))[1] == (2, "a", "a", 1)


def test_users_sessions_and_transitions_are_counted_apart() -> None:
    events = pd.concat(
        [walk(u="a b"), walk(u="a b").assign(event_time=lambda frame: frame.event_time + pd.Timedelta("2h"))]
    )

    row = paths(events, length=2).to_frame().iloc[1]

    assert (row["users"], row["sessions"], row["transitions"]) == (1, 2, 2)
    assert paths(events, unit="user", length=4).to_frame()["sessions"].tolist() == [1, 1, 1, 1]


def test_rare_nodes_come_together_and_all_that_flows_in_flows_out() -> None:
    rng = np.random.default_rng(3)
    events = walk(**{f"u{place}": " ".join(rng.choice(list("abcdefgh"), 5)) for place in range(60)})

    frame = paths(events, length=4, top=12).to_frame()

    assert len(frame) <= 12
    into = Counter()
    out = Counter()
    for row in frame.itertuples():
        into[row.step + 1, row.target] += row.transitions
        out[row.step, row.source] += row.transitions
    for step, name in into:
        if step <= 4 and name != "(end)":
            assert into[step, name] == out[step, name]
    assert frame.loc[frame["step"] == 1, "transitions"].sum() == 60


def test_the_people_of_a_transition_are_as_many_as_it_says() -> None:
    rng = np.random.default_rng(5)
    events = walk(**{f"u{place}": " ".join(rng.choice(list("abcd"), 6)) for place in range(40)})

    result = paths(events, length=3, top=8)

    for row in result.to_frame().itertuples():
        assert row.users == len(result.people(step=row.step, source=row.source, target=row.target))


def test_the_range_chooses_where_paths_begin() -> None:
    events = walk(u="a b c")

    assert edges(paths(events, start="2024-05-01T09:01", length=1)) == []
    assert edges(paths(events, anchor="b", start="2024-05-01T09:01", length=1)) == [(1, "b", "c", 1)]


def test_pages_can_be_nodes_and_names_can_be_cleaned() -> None:
    events = walk(u="x x").assign(url=["/p/1", "/p/2"])

    result = paths(events, node="url", rename={"/p[/]/": "product"}, length=1)

    assert edges(result) == [(1, "(start)", "product", 1)]


def test_every_kind_of_table_gives_the_same_paths(events_as) -> None:
    assert edges(paths(events_as(walk(u="a b")), length=1)) == [(1, "(start)", "a", 1)]


def test_an_unknown_anchor_and_an_empty_table_are_answers() -> None:
    assert "Did you mean 'home'?" in paths(walk(u="home"), anchor="hme").notes[0]
    assert len(paths(walk(u="")).to_frame()) == 0
    with pytest.raises(ArgumentError):
        paths(walk(u="a"), direction="sideways")
    with pytest.raises(ArgumentError):
        paths(walk(u="a"), occurrence=0)


def test_the_first_transitions_of_the_shop_log_are_its_sessions() -> None:
    shop = pd.read_csv(shared_data("retentioneering-ecom5/ecom.csv.gz")).rename(columns={"timestamp": "event_time"})
    shop["event_time"] = pd.to_datetime(shop["event_time"], format="ISO8601")

    frame = paths(shop).to_frame()

    assert frame.loc[frame["step"] == 1, "sessions"].sum() == 3605
    assert len(frame) <= 50
