from __future__ import annotations

import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.widgets.funnel import FunnelWidget, usual_steps

STEPS = ["product_view", "add_to_cart", "purchase"]


@pytest.fixture(scope="module")
def page(workspace):
    return FunnelWidget(workspace, tenant_id="shop", steps=STEPS, start="2024-05-13", end="2024-06-09")


@pytest.fixture(autouse=True)
def as_opened(page):
    if page.own_texts() != {"steps": ",".join(STEPS), "within": "", "by": ""}:
        page.take_own({"steps": STEPS})
        page.refresh()
    page._clear()


def test_the_page_shows_the_librarys_funnel(workspace, page):
    expected = funnel(workspace.events(tenant_id="shop"), STEPS, start="2024-05-13", end="2024-06-09").to_frame()

    assert page.answer.to_frame()["users"].tolist() == expected["users"].tolist()
    assert page.cards[1].kpi.value == expected["users"].iloc[-1]
    assert page.cards[2].kpi.value == expected["overall_rate"].iloc[-1]


def test_a_tap_on_a_bar_lists_as_many_people_as_the_bar_says(page):
    page.chart.chart.source.selected.indices = [2]

    assert len(page.people.people.ids) == page.answer.frame["users"].iloc[2]


def test_a_split_shows_each_group_and_keeps_the_cards_whole(page):
    whole = page.cards[0].kpi.value

    page.split.value = "device_type"

    assert page.answer.frame.groupby("device_type")["users"].first().sum() == whole
    assert page.cards[0].kpi.value == whole
    assert page.address.values["by"] == "device_type"


def test_changed_steps_are_answered_and_kept_in_the_address(page):
    page.step_fields[2].value = ""

    assert page.steps == STEPS[:2]
    assert page.address.values["steps"] == "product_view,add_to_cart"


def test_one_step_is_no_funnel(page):
    page.step_fields[2].value = ""
    page.step_fields[1].value = ""

    assert "a funnel needs two steps" in page.notice.value
    assert len(page.answer.frame) == 2


def test_no_limit_is_a_window_too(page):
    page.window.value = "none"

    assert page.answer.frame["users"].iloc[-1] >= 0
    assert page.address.values["within"] == "none"


def test_steps_the_tenant_does_not_know_become_its_usual_ones(workspace):
    page = FunnelWidget(workspace, tenant_id="corner", steps=STEPS)

    assert page.steps == ["order.placed", "order.placed"]


def test_data_without_events_still_has_steps():
    assert usual_steps({}) == ["page.view", "page.view"]
