"""The table of a funnel."""

from __future__ import annotations

import pandas as pd

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps, step
from analytics_lib.behaviour.funnel_table import counted_column, previous_required


def test_units_that_are_not_people_have_a_column_of_their_own() -> None:
    rules = Rules(read_steps(["a", "b"]))

    assert [counted_column(rules, unit) for unit in ("user", "session", "account")] == [None, "sessions", "entities"]
    assert counted_column(Rules(rules.steps, entry="every"), "user") == "entries"


def test_an_optional_step_is_nobodys_previous_step() -> None:
    rules = Rules(read_steps(["a", step("b", optional=True), "c"]))

    assert previous_required(rules).tolist() == [-1, 0, 0]


def test_rows_of_anchored_steps_say_which_steps_may_change_places() -> None:
    events = pd.DataFrame({"user_id": ["u"], "event": ["x"], "event_time": pd.to_datetime(["2024-05-01"])})

    result = funnel(events, ["a", "b", step("c", anchored=True), "d"], order="any")

    assert result.to_frame()["event"].tolist() == ["any 1 of a, b", "any 2 of a, b", "c", "d"]
    assert "c (step 3) behind all steps before and before all steps behind" in result.definition


def test_two_split_columns_name_the_people_of_a_row_together() -> None:
    times = pd.to_datetime(["2024-05-01"] * 3)
    events = pd.DataFrame(
        {"user_id": list("abc"), "event": "x", "event_time": times, "os": ["l", "l", None], "land": ["GB", None, None]}
    )

    result = funnel(events, ["x", "y"], by=["os", "land"])

    assert len(result.to_frame()) == 6
    assert result.people(os="l", land=None, step=1)["user_id"].to_pylist() == ["b"]
    assert result.people(os=None, land=None, step=1)["user_id"].to_pylist() == ["c"]
