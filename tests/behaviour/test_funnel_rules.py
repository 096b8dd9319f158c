"""The arguments of a funnel, and the words made of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analytics_lib.behaviour.funnel_exclusion import exclusion
from analytics_lib.behaviour.funnel_rules import Rules, read_rules, words
from analytics_lib.behaviour.funnel_steps import read_steps, step
from analytics_lib.errors import ArgumentError

USUAL = {
    "within": "14d",
    "grace_seconds": 0,
    "window_from": "entry",
    "order": "ordered",
    "entry": "best",
    "hold_constant": (),
    "exclude": (),
    "exclude_effect": "drop_entity",
    "first_ever": None,
}


def rules(**asked: object) -> Rules:
    return read_rules(read_steps(["a", "b"]), **{**USUAL, **asked})  # type: ignore[arg-type]


def test_fourteen_days_are_so_many_seconds_and_none_is_no_limit() -> None:
    assert rules().limit == 14 * 86_400 * 1_000_000
    assert rules(within=None).limit is None
    assert rules(within=0).limit == 0
    assert rules(within=timedelta(microseconds=3)).limit == 3
    assert rules(within="3 sessions").limit == 2


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ({"order": "ordered"}, "has every step in its place"),
        ({"order": "strict"}, "has every step in its place"),
        ({"order": "any", "grace_seconds": 1}, "anchored steps have no grace"),
        ({"order": "any", "window_from": "previous_step"}, "one window from the entry"),
    ],
)
def test_anchored_steps_are_for_any_order_alone(asked: dict, fact: str) -> None:
    with pytest.raises(ArgumentError, match=fact):
        read_rules(read_steps(["a", step("b", anchored=True)]), **{**USUAL, **asked})


def test_blocks_are_the_steps_that_may_change_places() -> None:
    def blocks(*anchored: int, order: str = "any") -> list[list[int]]:
        steps = read_steps(step(name, anchored=number in anchored) for number, name in enumerate("abcd"))
        return [list(block) for block in Rules(steps, order=order).blocks]

    assert blocks() == [[0, 1, 2, 3]]
    assert blocks(0) == [[0], [1, 2, 3]]
    assert blocks(2) == [[0, 1], [2], [3]]
    assert blocks(0, 1, 3) == blocks(0, 1, 2, 3) == blocks(order="ordered") == [[0], [1], [2], [3]]


@pytest.mark.parametrize("within", ["0 sessions", "-1d", 5, "soon"])
def test_a_window_without_meaning_is_refused(within: object) -> None:
    with pytest.raises(ArgumentError):
        rules(within=within)


def test_the_words_say_every_argument() -> None:
    excluded = (exclusion("x"),)
    asked = rules(grace_seconds=2, hold_constant=("country",), exclude=excluded, first_ever=True)

    said = words(asked, unit="session")

    for word in ("per session", "14 days of 24 hours", "2 s before", "share country", "x strictly", "first ever"):
        assert word in said
    assert "no time limit" in words(rules(within=None), unit="user")
    assert "3 sessions" in words(rules(within="3 sessions"), unit="user")
