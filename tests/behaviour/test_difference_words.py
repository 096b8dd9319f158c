"""Reasons in words a reader understands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analytics_lib.behaviour.difference_words import Reason, joined
from analytics_lib.behaviour.funnel_steps import step


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason("within", timedelta(hours=1), None), "longest time: 1:00:00 → no limit"),
        (Reason("reuse", False, True), "one event may serve several steps: no → yes"),
        (Reason("walk", None, "posthog"), "pass over the events: ours → PostHog's"),
        (Reason("steps", ["a"], ["a", step("b", label="Buy")]), "steps: a → a > Buy"),
        (Reason("row", {"step": 2}, {}), "row: step 2 → the only one"),
        (Reason("events", object(), object()), "table of events: another one"),
        (Reason("time_zone", "UTC", "Asia/Tokyo"), "time zone: UTC → Asia/Tokyo"),
    ],
)
def test_a_reason_names_the_rule_and_both_its_values(reason: Reason, said: str) -> None:
    assert str(reason) == said


def test_the_other_way_round_old_and_new_change_places() -> None:
    assert joined([Reason("entry", "best", "first").turned()]) == "entries that count: first → best"
