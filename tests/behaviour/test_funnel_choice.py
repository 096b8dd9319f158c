"""Which completions count."""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.funnel_choice import Excluders, best_per_unit, counted_paths, without_excluded
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps
from tests.behaviour.test_funnel_pass import histories

NOBODY = Excluders(np.array([], dtype=int), np.array([], dtype=int))


def test_the_furthest_then_the_latest_completion_counts() -> None:
    one = histories([0, 1, 2, 3, 4], "ababa")
    found = counted_paths(one, Rules(read_steps(["a", "b", "c"])), NOBODY)

    assert found.T.tolist() == [[2, 3, -1]]
    assert best_per_unit(one, np.array([[0, 4], [1, -1]]), first=False).tolist() == [0]


def test_an_event_exactly_at_the_entry_or_the_last_step_does_not_exclude() -> None:
    one = histories([0, 5], "ab")
    path = np.array([[0], [1], [-1]])
    rules = Rules(read_steps(["a", "b", "c"]))

    def kept(moment: int) -> int:
        return without_excluded(one, rules, path, Excluders(np.array([0]), np.array([moment]))).shape[1]

    assert [kept(moment) for moment in (0, 1, 4, 5)] == [1, 0, 0, 1]


def test_the_first_excluding_event_after_a_moment_is_the_units_own() -> None:
    excluders = Excluders(np.array([0, 0, 2]), np.array([3, 9, 4]))

    found = excluders.first_after(np.array([0, 0, 1, 2]), np.array([3, 9, 0, 0]))

    assert found.tolist()[0] == 9
    assert found.tolist()[3] == 4
    assert (found[[1, 2]] == np.iinfo(np.int64).max).all()
    assert excluders.at(np.array([0, 2]), np.array([3, 5])).tolist() == [True, False]
