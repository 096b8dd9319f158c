"""When excluding events cut completions off."""

from __future__ import annotations

import numpy as np
import pytest

from analytics_lib.behaviour.funnel_excluders import NEVER, Excluders, cuts, without_excluded
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps
from tests.behaviour.test_funnel_pass import histories

RULES = Rules(read_steps(["a", "b", "c"]))


def at(moment: int, after: int = 0, before: int = -1) -> Excluders:
    return Excluders(np.array([0]), np.array([moment]), after, before)


def test_an_event_exactly_at_the_entry_or_the_last_step_does_not_exclude() -> None:
    one = histories([0, 5], "ab")
    path = np.array([[0], [1], [-1]])

    kept = [without_excluded(one, RULES, path, (at(moment),)).shape[1] for moment in (0, 1, 4, 5)]

    assert kept == [1, 0, 0, 1]


def test_the_first_excluding_event_after_a_moment_is_the_units_own() -> None:
    excluders = Excluders(np.array([0, 0, 2]), np.array([3, 9, 4]))

    found = excluders.first_after(np.array([0, 0, 1, 2]), np.array([3, 9, 0, 0]))

    assert found.tolist()[0] == 9
    assert found.tolist()[3] == 4
    assert (found[[1, 2]] == NEVER).all()
    assert excluders.at(np.array([0, 2]), np.array([3, 5])).tolist() == [True, False]


@pytest.mark.parametrize(("after", "before", "cutting"), [(0, -1, [2, 5, 7]), (0, 1, [2]), (1, 2, [7])])
def test_an_event_excludes_between_its_two_steps_only(after: int, before: int, cutting: list[int]) -> None:
    """The steps are at 0, 5 and 9."""
    one = histories([0, 5, 9], "abc")
    path = np.array([[0], [1], [2]])

    found = {moment: int(cuts(one, path, [at(moment, after, before)])[0]) for moment in (0, 2, 5, 7, 9, 12)}
    one_by_one = {moment: at(moment, after, before).of_unit(0).cut([0, 5, 9], 3) for moment in found}

    assert [moment for moment, cut in found.items() if cut == moment] == cutting
    assert found == one_by_one
    assert {cut for moment, cut in found.items() if moment not in cutting} == {NEVER}


def test_a_step_that_is_not_reached_ends_nothing_and_begins_nothing() -> None:
    one = histories([0, 5], "ab")
    path = np.array([[0], [1], [-1]])

    assert cuts(one, path, [at(7, 1, 2)]).tolist() == [7]
    assert cuts(one, path, [at(7, 2, 2)]).tolist() == [NEVER]
    assert at(7, 1, 2).of_unit(0).cut([0, 5], 3) == 7
    assert at(7, 2, 2).of_unit(0).cut([0, 5], 3) == NEVER
