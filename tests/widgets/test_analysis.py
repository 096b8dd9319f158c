"""What all pages over one analysis share, tried on the funnel."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.funnel import FunnelWidget
from analytics_lib.widgets.people import People

STEPS = ["product_view", "cart"]


@pytest.fixture
def page(workspace):
    return FunnelWidget(workspace, tenant_id="shop", steps=STEPS)


def test_the_address_brings_the_whole_page_back(workspace, page):
    page.fields.editors["order"].value = "any"
    page.fields.editors["hold_constant"].value = ["device_type"]
    given = dict(page.address.values)

    again = FunnelWidget(workspace, **given)

    assert again.address.values == given
    assert again.answer.frame["users"].tolist() == page.answer.frame["users"].tolist()


def test_going_back_restores_fields_and_numbers(page):
    before, texts = page.cards[1].kpi.value, dict(page.address.values)
    page.fields.editors["within"].value = "1h"

    page.address.wanted = {**texts, "_at": 1}

    assert page.cards[1].kpi.value == before
    assert page.fields.editors["within"].value == "14d"


def test_clearing_empties_list_and_marks(page):
    page.views[0].chart.source.selected.indices = [1]

    page.people._clear.click()

    assert page.people.people is None
    assert page.views[0].chart.source.selected.indices == []


def test_the_people_of_a_bar_become_a_cohort_of_the_workspace(workspace, page):
    page.views[0].chart.source.selected.indices = [1]
    page.people.name.value = "reached the cart"
    page.people.keep.click()

    saved = workspace.cohort("reached the cart", tenant_id="shop")
    assert len(saved) == page.answer.frame["users"].iloc[1]
    assert "reached step 2, cart" in saved.definition
    assert f"Saved {len(saved):,} people" in page.people.told.value

    page.people.keep.click()
    assert "reached the cart" in page.people.told.value
    assert "Saved" not in page.people.told.value


def test_a_cohort_needs_a_name(page):
    page.people.show(People("x", page.answer.people(step=1)))
    page.people.keep.click()

    assert "the cohort has no name" in page.people.told.value


def test_definition_and_notes_are_on_the_page(page):
    assert page.answer.definition[:30] in page.definitions.value
    assert all(note in page.definitions.value for note in page.answer.notes)


def test_a_page_with_a_wrong_rule_does_not_open_with_another_answer(workspace):
    with pytest.raises(ArgumentError, match="unit in rules can't be 'sesion'. Use one of user, session"):
        FunnelWidget(workspace, tenant_id="shop", rules=["unit=sesion"])
