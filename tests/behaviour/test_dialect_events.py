"""Events as a product sees them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics_lib.behaviour.dialect_events import as_seen
from analytics_lib.behaviour.dialect_rules import in_dialect
from analytics_lib.behaviour.funnel_events import FunnelEvents
from analytics_lib.behaviour.funnel_fetch import fetch_events, needed_columns
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps
from analytics_lib.behaviour.scope import open_scope

NOON = pd.Timestamp("2024-05-01 12:00", tz="UTC")


def seen(dialect: str, steps: list[Any], seconds: list[float], names: str, *, end: float | None = None) -> FunnelEvents:
    rules = in_dialect(Rules(read_steps(steps)), dialect)
    events = pd.DataFrame(
        {"user_id": "u", "event": list(names), "event_time": [NOON + pd.Timedelta(one, "s") for one in seconds]}
    )
    scope = open_scope(events, needed_columns(rules, "user", ()), analysis="funnel")
    [found] = fetch_events(
        scope, rules, unit="user", by=(), ask=lambda rows: rows.each_part(rules, lambda events: events)
    )
    return as_seen(found, rules, end=None if end is None else round((NOON.timestamp() + end) * 1e6))


def test_an_event_is_copied_once_for_each_step_it_can_be_and_only_the_first_may_enter() -> None:
    histories = seen("clickhouse", ["a", "b", "a"], [0, 1], "ab").histories

    assert histories.matches.tolist() == [1, 4, 2]
    assert histories.candidate.tolist() == [True, False, False]


def test_times_are_rounded_half_up_and_the_same_step_twice_in_a_second_is_once() -> None:
    histories = seen("amplitude", ["a", "b"], [0.2, 0.4, 0.5, 0.6], "aaba").histories

    first = round(NOON.timestamp() * 1e6)
    assert ((histories.time - first) / 1e6).tolist() == [0, 1, 1]
    assert histories.matches.tolist() == [1, 1, 2]


def test_a_step_at_the_end_of_the_range_or_later_is_not_seen() -> None:
    assert seen("umami", ["a", "b"], [0, 5], "ab", end=5).histories.size == 1
