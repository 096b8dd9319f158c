"""What a funnel fetches."""

from __future__ import annotations

import pandas as pd

from analytics_lib.behaviour.funnel_fetch import fetch_events, needed_columns
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

    [found] = fetch_events(
        scope, rules, unit="user", by=("country",), ask=lambda rows: rows.each_part(rules, lambda events: events)
    )

    assert found.histories.matches.tolist() == [1, 2]
    assert found.left_out == 1
    assert found.groups["country"].to_pylist() == ["GB", None]
