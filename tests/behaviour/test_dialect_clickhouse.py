"""ClickHouse's own passes on histories small enough to follow by hand."""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.dialect_clickhouse import strict_increase, strict_order
from analytics_lib.behaviour.funnel_pass import Histories
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps

RULES = Rules(read_steps(["a", "b", "c"]))


def histories(time: list[int], steps: str) -> Histories:
    matches = np.array([1 << "abc".index(letter) if letter in "abc" else 0 for letter in steps])
    units = np.zeros(len(time), dtype=np.int64)
    return Histories(units, units, np.array(time), np.array(time), matches, matches == 1)


def test_a_newer_event_of_the_step_before_hides_the_older_one_that_would_do() -> None:
    # b at 5 could follow the a of 0, but the a of 5 is newer and not earlier
    assert strict_increase(histories([0, 5, 5], "aab"), RULES).T.tolist() == [[1, -1, -1]]
    assert strict_increase(histories([0, 5], "ab"), RULES).T.tolist() == [[0, 1, -1]]


def test_an_event_out_of_turn_after_the_entry_ends_the_search_but_one_before_it_does_not() -> None:
    assert strict_order(histories([0, 1, 2, 3], "cabc"), RULES).T.tolist() == [[1, 2, 3]]
    assert strict_order(histories([0, 1, 2, 3], "acbc"), RULES).T.tolist() == [[0, -1, -1]]


def test_an_event_that_is_no_step_ends_the_search_too() -> None:
    assert strict_order(histories([0, 1, 2, 3], "abxc"), RULES).T.tolist() == [[0, 1, -1]]


def test_nobody_gives_no_completion() -> None:
    assert strict_order(histories([0], "b"), RULES).shape == (3, 0)
