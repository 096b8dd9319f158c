from __future__ import annotations

import pytest

from analytics_lib.behaviour.conditions import did, went
from analytics_lib.behaviour.segments import segments
from analytics_lib.widgets.segments import SegmentsWidget

RANGE = {"start": "2024-05-13", "end": "2024-06-09"}
RULES = ["did product_view least=2", "not went 'product_view > purchase' within=1d"]


@pytest.fixture(scope="module")
def page(workspace):
    return SegmentsWidget(workspace, tenant_id="shop", conditions=RULES, **RANGE)


@pytest.fixture(autouse=True)
def as_opened(page):
    page.take_own({"conditions": RULES})
    page.choose(**RANGE)


def tap(page, row):
    page._tapped(page.views[0], {"row": row})


def test_the_page_shows_the_librarys_segments_as_of_the_last_day(workspace, page):
    both = did("product_view", at_least=2) & ~went(["product_view", "purchase"], within="1d")
    events = workspace.events(tenant_id="shop")

    now, then = (
        segments(events, {"both": both}, as_of=day).to_frame()["users"][0] for day in ("2024-06-10", "2024-05-14")
    )

    assert page.cards[0].kpi.value == now > 0
    assert page.cards[0].kpi.before == then
    assert page.course()["users"].iloc[[0, -1]].tolist() == [then, now]


def test_a_tap_lists_exactly_who_meets_the_rule(page):
    for row, size in enumerate(page.answer.frame["users"]):
        tap(page, row)
        assert len(page.people.people) == size


def test_the_whole_is_saved_as_a_rule_and_offered_as_one(workspace, page):
    tap(page, 2)
    page.people.name.value = "loyal but slow"
    page.people.keep.click()

    assert "Saved" in page.people.told.value, page.people.told.value
    saved = workspace.cohort("loyal but slow", tenant_id="shop")
    assert saved.dynamic
    assert len(saved) == page.answer.frame["users"].iloc[2]
    page.fields.editors["conditions"].value = [*RULES, "not in 'loyal but slow'"]
    assert page.answer.frame["users"].iloc[-1] == 0
    assert "in:loyal but slow" in {value for _, value in page.fields.editors["conditions"].options}


def test_any_rule_is_more_than_all(page):
    every = page.answer.frame["users"].iloc[-1]
    page.fields.editors["match"].value = "any"

    assert page.answer.frame["users"].iloc[-1] >= max(every, *page.answer.frame["users"].iloc[:-1])
    assert page.address.values["match"] == "any"


def test_a_rule_that_can_not_be_asked_is_told(page):
    page.fields.editors["conditions"].value = ["did purchase least=many"]
    assert "no whole number" in page.notice.value
    page.fields.editors["conditions"].value = []
    assert "there is no rule" in page.notice.value


def test_without_a_rule_it_opens_with_the_most_frequent_event(workspace):
    page = SegmentsWidget(workspace, tenant_id="corner")

    assert page.texts["conditions"] == "did order.placed within=7d"
    assert page.answer.frame["segment"].tolist() == ["the rule"]
    assert page.listed()["segment"].tolist() == [str(rule) for rule in page.rules().values()] != ["the rule"]


def test_a_size_stands_at_the_day_it_is_the_size_of(page):
    days = page.course()["time"].dt.tz_convert(page.audience.time_zone)

    assert [str(day.date()) for day in days.iloc[[0, -1]]] == [RANGE["start"], RANGE["end"]]
    assert (days == days.dt.normalize()).all()


def test_the_table_fills_the_room_under_the_bars(page):
    halves = next(part for part in page.children if "analytics-grid" in part._dom_classes)

    assert halves.children[0].children == (page.views[0], page.table)
    assert halves.children[1] is page.views[1]
