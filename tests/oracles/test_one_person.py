"""One person with very many events, two in each second or all at once: nothing may take the square of their number."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.user_days import user_days

PAIRS = 100_000
"""What grows with the square of their number would take an hour."""


@lru_cache(maxsize=1)
def busy() -> pd.DataFrame:
    """Give somebody who does `a` and `b` in each second of 28 hours."""
    second = np.repeat(np.arange(PAIRS), 2)
    return pd.DataFrame(
        {
            "user_id": "u",
            "event": np.tile(["b", "a"], PAIRS),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta(second, "s"),
        }
    )


@pytest.mark.parametrize("within", ["0s", "1d"])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_every_pair_is_an_attempt_that_converts(order: str, within: str) -> None:
    frame = funnel(busy(), ["a", "b"], entry="every", order=order, within=within).to_frame()

    assert frame["entries"].tolist() == [PAIRS, PAIRS]
    assert frame["users"].tolist() == [1, 1]


AT_ONCE = 30_000
"""Events of one microsecond: their square took hours."""


@pytest.mark.parametrize("entry", ["best", "first", "every"])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@pytest.mark.parametrize(
    ("steps", "served"),
    [
        (["a", "b"], 2),
        ([step(["a", "b"]), "b"], 2),
        (["a", "b", "a"], 3),
        ([step(["a", "b"]), "b", "never"], 2),
    ],
    ids=["plain", "overlapping", "around", "never"],
)
def test_all_events_at_once_are_served_in_time(steps: list[Any], served: int, order: str, entry: str) -> None:
    """Each attempt takes its events away from the next, so that pairs make half as many attempts."""
    events = busy().iloc[:AT_ONCE].assign(event_time=pd.Timestamp("2024-05-01", tz="UTC"))

    frame = funnel(events, steps, entry=entry, order=order).to_frame()

    counted = "entries" if entry == "every" else "users"
    assert (frame[counted] > 0).sum() == served
    if entry == "every" and steps == ["a", "b"]:
        assert frame["entries"].tolist() == [AT_ONCE // 2] * 2
    assert frame["users"].iloc[served - 1] == 1


FREE = [step(["a", "b"]), step(["b", "c"]), step(["a", "c"])]
"""Steps of which each event can be two."""


def rare(where: int) -> pd.DataFrame:
    """Give the busy one, each event at a time of its own, one of them something else; -1 = none of them."""
    apart = pd.to_timedelta(np.arange(2 * PAIRS), "s")
    events = busy().assign(event_time=pd.Timestamp("2024-05-01", tz="UTC") + apart)
    if where >= 0:
        events.loc[where, "event"] = "rare"
    return events


@pytest.mark.parametrize("entry", ["best", "first", "every"])
@pytest.mark.parametrize(
    ("steps", "served"),
    [
        ([*FREE[:1], "b", "rare"], [3, 2]),
        ([step(["a", "b"]), step("b", anchored=True), "rare"], [2, 2]),
        ([*FREE, "rare"], [4, 3]),
    ],
    ids=["overlapping", "anchored", "each two"],
)
@pytest.mark.parametrize("within", ["1d", "1h", None])
def test_a_step_that_is_hardly_ever_met_is_looked_for_in_time(
    within: str | None, steps: list[Any], served: list[int], entry: str
) -> None:
    """In any order all that lies in a window may serve; what can't be met is looked for from every entry on."""
    for where, levels in zip((1, -1), served, strict=True):
        frame = funnel(rare(where), steps, entry=entry, order="any", within=within).to_frame()
        assert (frame["users"] > 0).sum() == levels


def test_what_two_steps_need_is_looked_for_from_every_entry_in_time() -> None:
    steps = ["a", step(["rare", "never"]), step(["rare", "neither"])]

    assert funnel(rare(2 * PAIRS - 2), steps, order="any").to_frame()["users"].tolist() == [1, 1, 0]


@pytest.mark.parametrize("entry", ["best", "first"])
@pytest.mark.parametrize("rules", [{"grace_seconds": 2}, {"window_from": "previous_step"}], ids=str)
def test_what_nobody_does_is_not_looked_for_behind_every_event(rules: dict[str, Any], entry: str) -> None:
    events = rare(-1).iloc[:AT_ONCE]
    events.loc[events.index[: AT_ONCE // 2], "event_time"] = events["event_time"].iloc[0]

    frame = funnel(events, [FREE[0], "b", "never"], entry=entry, **rules).to_frame()

    assert frame["users"].tolist() == [1, 1, 0]


HELD = {"two": 2, "very many": PAIRS // 3}
"""How many different values take turns."""


@pytest.mark.parametrize("values", HELD)
@pytest.mark.parametrize("entry", ["best", "first", "every"])
def test_held_values_that_take_turns_in_one_moment_are_kept_apart_in_time(entry: str, values: str) -> None:
    number = HELD[values]
    events = busy().assign(event_time=pd.Timestamp("2024-05-01", tz="UTC"))
    events["size"] = [f"{place // 2 % number}" for place in range(len(events))]
    events.loc[events.index[:2], "size"] = "alone"

    done, never = (
        funnel(events, ["a", "b", *more], entry=entry, order="strict", hold_constant="size").to_frame()
        for more in ([], ["never"])
    )

    counted = "entries" if entry == "every" else "users"
    assert done[counted].tolist() == [PAIRS if entry == "every" else 1] * 2
    attempts = number + 1 if entry == "every" else 1
    assert never[counted].tolist() == [attempts, attempts, 0]


@pytest.mark.parametrize("apart", ["0us", "1us"])
@pytest.mark.parametrize("rules", [{"grace_seconds": 1}, {"exclude": "x", "dialect": "posthog"}], ids=str)
def test_events_within_the_grace_and_excluding_ones_are_looked_up_in_time(rules: dict[str, Any], apart: str) -> None:
    events = busy().iloc[:AT_ONCE].copy()
    events["event"] = np.resize(list("abx"), AT_ONCE)
    events["event_time"] = pd.Timestamp("2024-05-01", tz="UTC") + np.arange(AT_ONCE) * pd.Timedelta(apart)

    assert funnel(events, ["a", "b"], **rules).to_frame()["users"].tolist() == [1, 1]


@pytest.mark.parametrize("dialect", [None, "posthog", "clickhouse", "mixpanel", "amplitude", "umami"])
def test_each_dialect_counts_the_one_person(dialect: str | None) -> None:
    assert funnel(busy(), ["a", "b"], dialect=dialect).to_frame()["users"].tolist() == [1, 1]


def test_other_analyses_count_one_person_and_all_events() -> None:
    assert sessions(busy()).to_frame()["events"].sum() == 2 * PAIRS
    assert paths(busy(), unit="user", length=3, collapse=False).to_frame()["users"].tolist() == [1, 1, 1]
    assert active_users(busy()).total == 1
    assert retention(busy(), periods=2).to_frame()["users"].tolist()[0] == 1
    assert lifecycle(busy()).to_frame()["new"].tolist() == [1, 0]
    assert user_days(busy()).to_frame()["events"].sum() == 2 * PAIRS
