from __future__ import annotations

import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.overview import OverviewWidget


@pytest.fixture(scope="module")
def page(workspace):
    return OverviewWidget(workspace, tenant_id="shop", start="2024-05-13", end="2024-06-09")


@pytest.fixture(autouse=True)
def as_opened(page):
    usual = {"tenant_id": "shop", "start": "2024-05-13", "end": "2024-06-09", "event": "", "grain": "day"}
    if page.choices.to_texts() != usual:
        page.choose(**usual)
    page._pick([])


def people(page):
    return None if page.people.people is None else page.people.people.ids


def test_a_selected_stretch_lists_exactly_the_people_who_were_active_in_it(workspace, page):
    page.users.chart.source.selected.indices = [3, 4, 5]

    expected = active_users(
        workspace.events(tenant_id="shop"), grain="month", start="2024-05-16", end="2024-05-18"
    ).total
    assert len(people(page)) == len(set(people(page))) == expected
    assert page.people.people.title == "active in 16 May 2024 – 18 May 2024"


def test_the_same_stretch_is_marked_in_the_other_chart(page):
    page.events.chart.source.selected.indices = [1, 2]

    assert page.users.chart.source.selected.indices == [1, 2]


def test_one_point_lists_as_many_people_as_the_point_says(page):
    page.users.chart.source.selected.indices = [7]

    assert len(people(page)) == page.answer.users.frame["users"].iloc[7]


def test_weeks_can_be_selected_too(page):
    page.choose(grain="week")
    page.users.chart.source.selected.indices = [0, 1]

    assert len(people(page)) > page.answer.users.frame["users"].max()


def test_clearing_empties_list_and_marks(page):
    page.users.chart.source.selected.indices = [1]

    page.people._clear.click()

    assert people(page) is None
    assert page.events.chart.source.selected.indices == []


def test_a_tap_on_a_name_shows_that_event_and_a_second_tap_all(page):
    row = page.answer.names["event"].tolist().index("cart")

    page.names.chart.source.selected.indices = [row]
    chosen = page.choices.event
    page._named([row])

    assert (chosen, page.choices.event) == ("cart", "")


def test_a_choice_that_makes_no_sense_leaves_the_page_as_it_was(page):
    before = [card.kpi.value for card in page.cards]

    page.guarded(page._chosen)({"start": "2024-06-09", "end": "2024-05-13"})

    assert "ends (2024-05-13) before it starts" in page.notice.value
    assert [card.kpi.value for card in page.cards] == before


def test_an_unforeseen_failure_shows_a_number_not_a_trace(page, monkeypatch):
    monkeypatch.setattr(page, "update", lambda: 1 / 0)

    page.guarded(page.choose)(grain="week")

    assert "Could not update (ref " in page.notice.value
    assert "ZeroDivision" not in page.notice.value


def test_small_groups_can_not_be_listed(workspace):
    page = OverviewWidget(workspace, tenant_id="corner")
    row = int(page.answer.users.frame["users"].isna().to_numpy().argmax())

    page._picked([row], page.events)

    assert people(page) is None


def test_an_unknown_tenant_is_refused(workspace):
    with pytest.raises(ArgumentError, match="no tenant 'shopp'"):
        OverviewWidget(workspace, tenant_id="shopp")


def test_warming_up_makes_nothing_that_a_page_could_show(workspace):
    from ipywidgets.widgets.widget import _instances

    before = set(_instances)

    OverviewWidget.warm_up(workspace, "shop")
    OverviewWidget.warm_up(workspace, "no such tenant")

    assert set(_instances) <= before
