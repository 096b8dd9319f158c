"""What a funnel fetches."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_events import fetch_events, needed_columns
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps, step
from analytics_lib.behaviour.scope import open_scope

EVENTS = pd.DataFrame(
    {
        "user_id": ["a", "a", "a", None],
        "event": ["x", "y", "z", "x"],
        "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"]),
        "country": ["GB", None, "NL", "GB"],
    }
)


def test_only_the_columns_that_are_asked_about_are_needed() -> None:
    rules = Rules(read_steps(["x", step("y", where={"properties.plan": "pro"})]), hold_constant=("country",))

    assert needed_columns(rules, "session", ("os",)) == [
        "user_id", "event_time", "event", "properties", "os", "country",
    ]  # fmt: skip


def test_only_rows_that_can_be_a_step_come_back_and_people_without_a_name_do_not() -> None:
    rules = Rules(read_steps(["x", "y"]))
    scope = open_scope(EVENTS, needed_columns(rules, "user", ("country",)), analysis="test")

    [found] = fetch_events(scope, rules, unit="user", by=("country",), work=lambda events: events)

    assert found.histories.matches.tolist() == [1, 2]
    assert found.left_out == 1
    assert found.groups["country"].to_pylist() == ["GB", None]


def test_very_many_values_held_constant_take_no_memory_for_pairs_that_no_event_has() -> None:
    orders = np.arange(10_000)  # two events of each, both by one person
    people, names = [f"p{number}" for number in orders], np.repeat(["x", "y"], len(orders))
    times = pd.Timestamp("2024-05-01") + pd.to_timedelta(np.arange(len(names)), unit="s")
    events = pd.DataFrame({"user_id": people * 2, "event": names, "event_time": times, "order_id": np.tile(orders, 2)})

    tracemalloc.start()
    found = funnel(events, ["x", "y"], hold_constant="order_id")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.to_frame()["users"].tolist() == [10_000, 10_000]
    assert peak < 50e6  # a flag for every person and order would be 100 MB
