"""A tracking plan says what is missing, of the wrong type, unplanned or too much."""

from __future__ import annotations

import json

import pytest

from analytics_lib.errors import ArgumentError, SourceError
from analytics_lib.ingestion.plans import PlannedProperty, read_plan

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
    return read_plan(tmp_path / "shop.yaml")


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


def test_the_plans_of_a_folder_are_one(tmp_path):
    (tmp_path / "a.yaml").write_text(PLAN)
    (tmp_path / "b.yml").write_text("events: {search.query: {}}\n")
    read = read_plan(tmp_path)
    assert set(read.events) == {"order.placed", "page.view", "search.query"}
    assert read.unplanned is False
    assert read_plan(read) is read


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"event": {}}, "Did you mean 'events'"),
        ({"events": {"a": {"propertys": {}}}}, "Did you mean 'properties'"),
        ({"events": {"a": {"properties": {"b": {"typ": "string"}}}}}, "Did you mean 'type'"),
        ({"events": {"a": {"properties": {"b": {"type": "text"}}}}}, "type='text'"),
    ],
)
def test_what_is_not_understood_is_named(content, said):
    with pytest.raises(ArgumentError, match=said):
        read_plan(content)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "x.yaml").write_text("a: [")
    (tmp_path / "y.yaml").write_text("- a")
    with pytest.raises(SourceError, match="x.yaml"):
        read_plan(tmp_path / "x.yaml")
    with pytest.raises(ArgumentError, match="y.yaml"):
        read_plan(tmp_path / "y.yaml")


def test_an_unknown_transform_is_refused():
    with pytest.raises(ArgumentError, match="transform='rot13'"):
        PlannedProperty(transform="rot13")
