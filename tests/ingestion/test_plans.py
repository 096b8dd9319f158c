"""A tracking plan says what is missing, of the wrong type, unplanned or too much."""

from __future__ import annotations

import json

import pytest

from analytics_lib.errors import ArgumentError, SourceError
from analytics_lib.ingestion.plans import read_plans

PLAN = """
unplanned: false
events:
  order_placed:
    additional: false
    properties:
      amount: {type: number, required: true, minimum: 0, maximum: 1000}
      currency: {one_of: [EUR, GBP], transform: upper}
      code: {pattern: "[A-Z]{2}\\\\d+", longest: 6}
      tags: {type: array}
      email: {privacy: drop}
  page.view:
"""


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "shop.yaml").write_text(PLAN)
    return read_plans(tmp_path / "shop.yaml")


@pytest.mark.parametrize(
    ("event", "said", "finding"),
    [
        ("order.placed", {"amount": 5, "currency": "eur"}, None),
        ("order.placed", {"amount": "5.5"}, None),  # a number written as text
        ("order.placed", {}, ("required_missing", "the property amount is missing")),
        ("order.placed", {"amount": "much"}, ("type_mismatch", "amount must be of type number")),
        ("order.placed", {"amount": True}, ("type_mismatch", "amount must be of type number")),
        ("order.placed", {"amount": -1}, ("type_mismatch", "amount must be at least 0")),
        ("order.placed", {"amount": 1001}, ("type_mismatch", "amount must be at most 1000")),
        ("order.placed", {"amount": 1, "currency": "USD"}, ("type_mismatch", "currency must be one of EUR, GBP")),
        ("order.placed", {"amount": 1, "code": "ab1"}, ("type_mismatch", "code must follow the pattern [A-Z]{2}\\d+")),
        ("order.placed", {"amount": 1, "code": "AB12345"}, ("type_mismatch", "code must have at most 6 characters")),
        ("order.placed", {"amount": 1, "tags": "a"}, ("type_mismatch", "tags must be of type array")),
        ("order.placed", {"amount": 1, "x": 1}, ("additional_property", "the property x is not in the tracking plan")),
        ("page.view", {"anything": 1}, None),
        ("shaken", {}, ("unplanned_event", "shaken is not in the tracking plan")),
    ],
)
def test_findings(plan, event, said, finding):
    assert plan.judge(event, json.dumps(said))[0] == finding


def test_texts_are_stored_as_the_plan_wants_them(plan):
    assert plan.judge("order.placed", '{"amount":1,"currency":"eur"}')[1] == '{"amount":1,"currency":"EUR"}'


def test_privacy_of_properties_is_handed_on(plan):
    assert plan.privacy() == {"email": "drop"}


def test_the_plans_of_a_folder_hold_together(tmp_path):
    (tmp_path / "a.yaml").write_text(PLAN)
    (tmp_path / "b.yml").write_text("events: {search.query: {}}\n")
    (tmp_path / "notes.txt").write_text("not a plan")
    read = read_plans(tmp_path)
    assert [len(plan.events) for plan in read.plans] == [2, 1]
    assert read.judge("search.query", "{}")[0] is None
    assert read.judge("shaken", "{}")[0] == ("unplanned_event", "shaken is not in the tracking plan")
    assert read_plans(read) is read


NEEDS = "events: {a: {properties: {%s: {required: true}}}}\n"


def test_an_event_follows_the_first_plan_that_covers_it_and_names_it(tmp_path):
    """The rule of S0-55: enabled, of this type, and of this owner and application where the plan says one."""
    (tmp_path / "1.yaml").write_text("tenant_id: shop\napplication_id: web\n" + NEEDS % "web")
    (tmp_path / "2.yaml").write_text("tenant_id: shop\nunplanned: false\n" + NEEDS % "shop")
    (tmp_path / "3.yaml").write_text("enabled: false\n" + NEEDS % "off")
    (tmp_path / "4.yaml").write_text(NEEDS % "all")
    plans = read_plans(tmp_path)

    def missing(tenant_id, application_id, event="a"):
        finding = plans.judge(event, "{}", tenant_id=tenant_id, application_id=application_id)[0]
        return finding and finding[1]

    assert missing("shop", "web") == "the property web is missing"
    assert missing("shop", "app") == missing("shop", None) == "the property shop is missing"
    assert missing("retail", "web") == missing(None, None) == "the property all is missing"
    assert missing("shop", None, "b") == "b is not in the tracking plan"
    assert missing("retail", None, "b") is None


def test_a_plan_that_is_switched_off_does_nothing():
    plans = read_plans({
        "enabled": False, "unplanned": False, "events": {"a": {"properties": {"email": {"privacy": "drop"}}}},
    })  # fmt: skip
    assert plans.names == frozenset()
    assert plans.privacy() == {}
    assert plans.judge("b", "{}")[0] is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"event": {}}, "Did you mean 'events'"),
        ({}, "names no event"),
        ({"events": ["a"]}, "the tracking plan, events is .*Write name: value pairs"),
        ({"events": {"a": {}}, "enabled": "no"}, "enabled: 'no'.*Write true or false"),
        ({"events": {"a": {"propertys": {}}}}, "Did you mean 'properties'"),
        ({"events": {"a": {"properties": {"b": {"typ": "string"}}}}}, "Did you mean 'type'"),
        ({"events": {"a": {"properties": {"b": {"type": "text"}}}}}, "type='text'"),
    ],
)
def test_what_is_not_understood_is_named(content, said):
    with pytest.raises(ArgumentError, match=said):
        read_plans(content)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "x.yaml").write_text("a: [")
    (tmp_path / "y.yaml").write_text("- a")
    with pytest.raises(SourceError, match="x.yaml"):
        read_plans(tmp_path / "x.yaml")
    with pytest.raises(ArgumentError, match="y.yaml"):
        read_plans(tmp_path / "y.yaml")
