from __future__ import annotations

import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.widgets.funnel import FunnelWidget

STEPS = ["product_view", "add_to_cart", "purchase"]
RANGE = {"start": "2024-05-13", "end": "2024-06-09"}


@pytest.fixture(scope="module")
def page(workspace):
    return FunnelWidget(workspace, tenant_id="shop", steps=STEPS, **RANGE)


@pytest.fixture(autouse=True)
def as_opened(page):
    if {name: text for name, text in page.own_texts().items() if text} != {"steps": ",".join(STEPS)}:
        page.take_own({"steps": STEPS})
        page.choose(**RANGE)
    page._clear()


def tap(page, row, part="steps-0"):
    from analytics_lib.charts.patching import sources_of

    sources_of(page.views[0].chart.figure)[part].selected.indices = [row]


def test_the_page_shows_the_librarys_funnel(workspace, page):
    expected = funnel(workspace.events(tenant_id="shop"), STEPS, **RANGE).to_frame()

    assert page.answer.to_frame()["users"].tolist() == expected["users"].tolist()
    assert page.cards[1].kpi.value == expected["users"].iloc[-1]
    assert page.cards[2].kpi.value == expected["overall_rate"].iloc[-1]


def test_steps_that_the_data_do_not_know_are_told_once(workspace):
    page = FunnelWidget(workspace, tenant_id="shop", steps=["nope", *STEPS], **RANGE)
    assert "not known here: step &#x27;nope&#x27;." in page.notice.value
    assert (page.notice.layout.display or "", page.texts["steps"]) == ("", ",".join(STEPS))

    page.choose(end="2024-06-08")
    assert page.notice.layout.display == "none"


def test_the_planted_payment_incident_is_there_by_sessions(page):
    """Facts of the published log: 28 of 130 sessions in order, 46 in any order."""
    page.choose(start="2024-05-19", end="2024-06-07")
    page.fields.editors["steps"].value = ["payment_details", "purchase"]
    page.fields.editors["unit"].value = "session"
    in_order = page.answer.frame["sessions"].tolist()

    page.fields.editors["order"].value = "any"

    assert in_order == [130, 28]
    assert page.answer.frame["sessions"].iloc[1] == 46
    assert page.cards[1].kpi.title == "Sessions at the last step"
    assert page.address.values["rules"] == "unit=session"


def test_a_tap_on_a_bar_lists_as_many_people_as_the_bar_says(page):
    tap(page, 2)

    assert len(page.people.people) == page.answer.frame["users"].iloc[2]


def test_a_split_shows_each_group_with_its_people_and_keeps_the_cards_whole(page):
    whole = page.cards[0].kpi.value

    page.fields.editors["by"].value = "device_type"
    groups = page.answer.frame.groupby("device_type")["users"]
    tap(page, 1, "steps-1")

    assert groups.first().sum() == whole
    assert page.cards[0].kpi.value == whole
    assert page.address.values["by"] == "device_type"
    assert "of mobile" in page.people.people.title
    assert len(page.people.people) == groups.nth(1).loc[page.answer.frame["device_type"] == "mobile"].iloc[0]


def test_moved_steps_are_answered_and_kept_in_the_address(page):
    page.fields.editors["steps"].value = ["add_to_cart", "product_view"]

    assert page.answer.frame["event"].tolist() == ["add_to_cart", "product_view"]
    assert page.address.values["steps"] == "add_to_cart,product_view"


def test_one_step_is_no_funnel(page):
    page.fields.editors["steps"].value = STEPS[:1]

    assert "a funnel needs two steps" in page.notice.value
    assert len(page.answer.frame) == 3


def test_a_rule_the_product_does_not_have_is_told_and_the_numbers_stay(page):
    page.fields.editors["exclude"].value = ["cart"]
    page.fields.editors["dialect"].value = "umami"

    assert "umami has no excluding events" in page.notice.value
    assert "unchanged" in page.status.value


def test_an_event_excludes_between_the_steps_that_are_chosen(workspace, page):
    page.fields.editors["exclude"].value = ["cart"]
    page.fields.editors["exclude_between"].value = "2-3"

    asked = {"event": "cart", "after": 2, "before": 3}
    expected = funnel(workspace.events(tenant_id="shop"), STEPS, exclude=asked, **RANGE).to_frame()
    whole = funnel(workspace.events(tenant_id="shop"), STEPS, exclude="cart", **RANGE).to_frame()
    assert page.answer.frame["users"].tolist() == expected["users"].tolist() != whole["users"].tolist()
    assert page.address.values["rules"] == "exclude_between=2-3,exclude=cart"
    assert "strictly between step 2 (add_to_cart) and the last step" in page.answer.definition


def test_a_step_keeps_its_place_in_any_order(workspace, page):
    page.fields.editors["anchored"].value = [STEPS[0]]
    assert "has every step in its place" in page.notice.value

    page.fields.editors["order"].value = "any"
    steps = [step(STEPS[0], anchored=True), *STEPS[1:]]
    expected = funnel(workspace.events(tenant_id="shop"), steps, order="any", **RANGE).to_frame()
    assert page.answer.frame["users"].tolist() == expected["users"].tolist()
    assert page.answer.frame["event"].tolist()[1] == "any 1 of add_to_cart, purchase"


def test_no_limit_is_a_window_too(workspace, page):
    page.fields.editors["within"].value = "none"

    expected = funnel(workspace.events(tenant_id="shop"), STEPS, within=None, **RANGE).to_frame()
    assert page.answer.frame["users"].tolist() == expected["users"].tolist()
    assert page.address.values["within"] == "none"


def test_steps_the_tenant_does_not_know_become_its_usual_ones(workspace):
    page = FunnelWidget(workspace, tenant_id="corner", steps=STEPS)

    assert page.answer.frame["event"].tolist() == ["order.placed", "order.placed"]


def test_without_steps_the_page_asks_for_the_owners_way_as_far_as_the_data_knows_it(workspace):
    page = FunnelWidget(workspace, tenant_id="shop")

    assert page.answer.frame["event"].tolist() == ["product_view", "add_to_cart", "payment_details", "purchase"]


def test_conditions_and_optional_steps_are_the_librarys(workspace, page):
    country = page.audience.breakdowns[0]
    value = str(workspace.events(tenant_id="shop")[country].execute().dropna().iloc[0])
    page.fields.editors["where"].value = [f"1: {country} = {value}"]
    page.fields.editors["optional"].value = ["add_to_cart"]
    steps = [step("product_view", where={country: value}), step("add_to_cart", optional=True), "purchase"]

    expected = funnel(workspace.events(tenant_id="shop"), steps, **RANGE).to_frame()

    assert page.answer.to_frame()["users"].tolist() == expected["users"].tolist()
    assert f"1: {country} = {value}" in page.address.values["rules"]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("9: os = x", "no step 9"),
        ("1: os =", "no value"),
        ("1: os >= x", "no number"),
        ("os", "no condition of a step"),
    ],
)
def test_a_wrong_condition_is_told(page, condition, words):
    page.fields.editors["where"].value = [condition]

    assert words in page.notice.value


def test_a_condition_on_a_property_asks_the_whole_table(workspace, page):
    page.fields.editors["where"].value = ["1: properties.nothing = 1"]

    assert page.answer.to_frame()["users"].sum() == 0


def offered(page, name):
    return [value for _, value in page.fields.editors[name].options]


def test_only_steps_the_funnel_has_are_offered_and_they_follow_it(page):
    page.fields.editors["where"].value = ["1: os = x"]
    of = page.fields.editors["where"].children[0].children[0]
    assert [value for _, value in of.options] == ["1", "2", "3"]
    assert offered(page, "attribution") == ["first", "last", "step:1", "step:2", "step:3", "all"]
    assert offered(page, "exclude_between") == ["", "1-2", "1-3", "2-3"]

    page.fields.editors["steps"].value = [*STEPS, "cart"]
    assert "step:4" in offered(page, "attribution")
    assert "3-4" in offered(page, "exclude_between")


def test_a_choice_about_a_step_that_is_taken_out_goes_back_to_the_usual_and_is_told(page):
    page.fields.editors["exclude_between"].value = "2-3"
    page.fields.editors["steps"].value = STEPS[:2]

    assert page.fields.editors["exclude_between"].value == ""
    assert page.answer.frame["event"].tolist() == STEPS[:2]
    assert "not there any more: if between steps." in page.notice.value


def test_an_address_about_a_step_that_is_not_there_is_passed_over_and_told(workspace):
    page = FunnelWidget(workspace, tenant_id="shop", steps=STEPS, rules=["attribution=step:6"], **RANGE)

    assert page.texts["attribution"] == "first"
    assert "not known here: group of &#x27;step:6&#x27;." in page.notice.value
