from __future__ import annotations

import re

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.audience import Audience
from analytics_lib.widgets.fields import (
    Field,
    Fields,
    check_rules,
    columns_of,
    fitting,
    misfits,
    names_in,
    names_of,
    written,
)

OWN = (
    Field("order", "Order", "ordered", (("others between", "ordered"), ("directly", "strict"))),
    Field("by", "Split by", "", columns_of),
    Field("exclude", "Without", "", names_of, kind="many", usual=False),
    Field("zone", "Zone", "", [("UTC", "UTC")], kind="text", usual=False),
)


@pytest.fixture(scope="module")
def audience(workspace):
    return Audience.of(workspace, "shop")


@pytest.fixture
def told():
    return []


@pytest.fixture
def fields(audience, told):
    shown = Fields(OWN, told.append)
    shown.show(fitting(OWN, {}, audience), audience)
    return shown


def test_what_does_not_fit_the_data_becomes_the_default(audience):
    given = {"order": "sideways", "by": "no_column", "exclude": ["cart", "no such event"], "zone": "Europe/Paris"}

    assert fitting(OWN, given, audience) == {"order": "ordered", "by": "", "exclude": "cart", "zone": "Europe/Paris"}


def test_what_was_passed_over_is_said_and_what_was_taken_is_not(audience):
    given = {"within": "never", "by": "device_type", "steps": "product_view,nope"}
    fields = (Field("within", "Within", "1d", [("a day", "1d")]), Field("by", "Split by", "", columns_of),
              Field("steps", "Step", "", names_of, kind="order"))  # fmt: skip

    told = misfits(fields, given, fitting(fields, given, audience))

    assert "not known here: within 'never', step 'nope'." in told
    assert misfits(fields, {}, fitting(fields, {}, audience)) == ""


def test_a_readers_change_is_told_with_the_texts_of_all_fields(fields, told):
    fields.editors["order"].value = "strict"
    fields.editors["exclude"].value = ["cart"]

    assert told[-1] == {"order": "strict", "by": "", "exclude": "cart", "zone": ""}


def test_showing_values_tells_nothing(fields, told, audience):
    fields.show(fitting(OWN, {"order": "strict"}, audience), audience)
    fields.offer("by", [("x", "x")], "x")

    assert told == []


def test_rare_rules_are_hidden_until_asked_for_or_in_use(fields, audience):
    assert fields._hidden.layout.display == "none"

    fields._more.click()
    assert fields._hidden.layout.display is None
    fields._more.click()
    fields.show(fitting(OWN, {"exclude": "cart"}, audience), audience)

    assert fields._hidden.layout.display is None


@pytest.mark.parametrize("names", [[], ["view"], ["view", "buy"], ["a,b", "c"], ['["x"]']])
def test_a_list_survives_the_address(names):
    assert names_in(written(names)) == names


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("odrer=strict", "rules know no 'odrer'. Use one of order, by, exclude, zone"),
        ("order=sideways", "order in rules can't be 'sideways'. Use one of ordered, strict"),
        ("order", "order in rules can't be ''"),
        ("exclude=no such event", "exclude in rules can't be 'no such event'. Use one of "),
    ],
)
def test_a_wrong_rule_is_refused_with_what_is_allowed(audience, rule, words):
    with pytest.raises(ArgumentError, match=re.escape(words)):
        check_rules(OWN, {"rules": [rule]}, audience)


def test_right_rules_pass(audience):
    check_rules(OWN, {"rules": ["order=strict", "exclude=cart", "zone=Europe/Paris"]}, audience)
    check_rules(OWN, {}, audience)
