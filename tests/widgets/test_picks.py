from __future__ import annotations

import pytest

from analytics_lib.widgets.picks import MOST, Picks

EVENTS = [("view (9)", "view"), ("cart (5)", "cart"), ("buy (2)", "buy")]


@pytest.fixture
def steps():
    picks = Picks("Step", ordered=True)
    picks.options, picks.value = EVENTS, ["view", "cart", "buy"]
    return picks


def press(picks, words):
    buttons = [one for row in picks.children for one in row.children if getattr(one, "tooltip", None) == words]
    buttons[0].click()


def test_steps_move_up_and_down(steps):
    press(steps, "Move step 3 up")
    assert steps.value == ["view", "buy", "cart"]

    press(steps, "Move step 1 down")
    assert steps.value == ["buy", "view", "cart"]


def test_a_step_is_taken_out_added_and_changed_for_another(steps):
    press(steps, "Take step 2 out")
    steps.children[-1].children[0].value = "cart"
    steps.children[0].children[0].value = "cart"

    assert steps.value == ["cart", "buy", "cart"]


def test_two_steps_stay(steps):
    press(steps, "Take step 3 out")

    offered = [one for row in steps.children for one in row.children if getattr(one, "description", "") == "×"]
    assert all(one.disabled for one in offered)


def test_a_funnel_is_full_at_twenty_steps(steps):
    steps.value = ["view"] * MOST

    assert "no more to add" in steps.children[-1].children[0].value


def test_without_order_each_name_is_picked_once():
    picks = Picks("Without")
    picks.options = EVENTS

    picks.children[-1].children[0].value = "cart"

    assert picks.value == ["cart"]
    assert ("cart (5)", "cart") not in picks.children[-1].children[0].options
    press(picks, "Take cart out")
    assert picks.value == []


def test_what_is_replaced_leaves_no_model_behind(steps):
    from ipywidgets.widgets.widget import _instances

    before = len(_instances)
    for _ in range(3):
        press(steps, "Move step 2 up")

    assert len(_instances) <= before
