"""The careful search where equal times leave a choice."""

from __future__ import annotations

from analytics_lib.behaviour.funnel_exact import Search
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps, step


def search(time: list[int], matches: list[int], order: str = "ordered", steps: str = "abc") -> Search:
    return Search(time=time, clock=time, matches=matches, rules=Rules(read_steps(list(steps)), order=order))


def test_the_event_that_can_be_two_steps_is_kept_for_the_one_that_needs_it() -> None:
    assert search([0, 0, 0], [0b011, 0b010, 0b100]).path_from(0) == [0, 1, 2]
    assert search([0, 0, 0], [0b001, 0b110, 0b010]).path_from(0) == [0, 2, 1]


def test_strict_order_may_put_a_bystander_of_the_same_time_aside() -> None:
    assert search([0, 0, 1], [0b001, 0, 0b010], "strict", "ab").path_from(0) == [0, 2]
    assert search([0, 1, 1, 2], [0b001, 0b010, 0, 0b100], "strict").path_from(0) == [0, 1]


def test_any_order_serves_as_many_steps_as_can_be() -> None:
    assert sorted(search([0, 1, 2], [0b011, 0b001, 0b100], "any").path_from(0)) == [0, 1, 2]


def test_an_event_may_change_its_step_even_for_a_later_block() -> None:
    """The first event could be `a` or `c`; because the second can only be `a`, the anchored `c` is served as well."""
    steps = read_steps(["a", step("c", anchored=True)])
    tied = Search(time=[0, 0], clock=[0, 0], matches=[0b11, 0b01], rules=Rules(steps, order="any"))
    apart = Search(time=[0, 1], clock=[0, 1], matches=[0b11, 0b01], rules=Rules(steps, order="any"))

    assert sorted(tied.path_from(0)) == [0, 1]
    assert apart.path_from(0) == [0]
