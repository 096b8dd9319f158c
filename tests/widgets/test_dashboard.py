from __future__ import annotations

from datetime import date

import pytest
from ipywidgets import HTML

from analytics_lib.widgets.dashboard import Dashboard


class CountingPage(Dashboard):
    def __init__(self, workspace, **given):
        self.updates = 0
        super().__init__(workspace, controls={}, **given)

    def build(self):
        return [HTML()]

    def update(self):
        self.updates += 1


@pytest.fixture
def page(workspace):
    return CountingPage(workspace, tenant_id="shop")


def test_the_address_names_only_what_differs_from_the_default(page):
    page.choose(grain="week")

    assert {name: text for name, text in page.address.values.items() if text} == {
        "tenant_id": "shop", "grain": "week"
    }  # fmt: skip


def test_a_reader_who_goes_back_sees_what_was_there_before(page):
    page.choose(start="2024-05-13", end="2024-06-09", grain="week")

    page.address.wanted = {"tenant_id": "shop", "start": "", "end": "", "event": "", "grain": "", "_at": 1}

    assert (page.choices.grain, page.choices.end) == ("day", date(2024, 6, 29))
    assert page.controls.grain.value == "day"


def test_another_tenant_brings_its_own_last_weeks(page):
    page.choose(tenant_id="corner")

    assert page.choices.end == date(2024, 6, 2)
    assert "Corner store" in page.badges.value


def test_each_choice_is_answered_once(page):
    page.choose(grain="week")
    page.choose(grain="month")

    assert page.updates == 3  # one when the page was opened


def test_the_status_is_read_aloud(page):
    assert 'role="status"' in page.status.value
    assert "28 days" in page.status.value


def test_a_problem_disappears_with_the_next_answer(page):
    page.tell("Could not update (ref 1a2b3c4d).")
    shown = page.notice.layout.display

    page.choose(grain="week")

    assert shown != "none"
    assert page.notice.layout.display == "none"


def test_a_problem_is_text_not_markup(page):
    page.tell("<b>no</b>")

    assert "<b>" not in page.notice.value


def test_a_page_opens_with_the_first_tenant_of_the_settings(workspace):
    # "corner" comes first in the alphabet
    assert CountingPage(workspace).choices.tenant_id == "shop"
