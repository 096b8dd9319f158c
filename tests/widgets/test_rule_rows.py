from __future__ import annotations

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.widgets.rule_rows import PersonRules, StepConditions, parts_of

PROPOSED = [("view (9)", "did:view"), ("buy (3)", "did:buy"), ("country", "has:country"), ("friends", "in:friends")]


def shown(rows, *texts):
    rows.options, rows.value = PROPOSED, list(texts)
    return rows


def fields_of(rows, place):
    return {one.description: one for one in rows.children[place].children}


def test_a_rule_is_a_row_of_fields_and_each_change_is_a_text():
    rows = shown(PersonRules("rule"), "did buy least=2")

    fields_of(rows, 0)["Within"].value = "30d"
    fields_of(rows, 0)["People"].value = "not"

    assert rows.value == ["not did buy least=2 within=30d"]
    assert fields_of(rows, 0)["At least"].value == "2"


def test_another_kind_begins_with_what_is_known():
    rows = shown(PersonRules("rule"), "did buy least=2")
    for kind, text in [("has", "has country"), ("in", "in friends"), ("is", "is returning"), ("went", "went '?'")]:
        fields_of(rows, 0)["About"].value = kind
        assert rows.value == [text]


def test_rules_are_added_and_taken_out():
    rows = shown(PersonRules("rule"))

    rows.children[-1].children[0].click()
    rows.children[-1].children[0].click()
    rows.children[0].children[-1].click()

    assert rows.value == ["did view"]


def test_what_is_no_rule_is_shown_to_be_mended():
    rows = shown(PersonRules("rule"), "knows buy")

    fields_of(rows, 0)["rule"].value = "did buy"

    assert rows.value == ["did buy"]
    assert fields_of(rows, 0)["Event"].value == "buy"


def test_a_condition_of_a_step_has_step_column_operation_and_value():
    rows = shown(StepConditions("condition"), "2: country = GB")

    fields_of(rows, 0)["Value"].value = "NL"
    fields_of(rows, 0)["Is"].value = "!="
    rows.children[-1].children[0].click()

    assert rows.value == ["2: country != NL", "1: country ="]


@pytest.mark.parametrize("text", ["country = GB", "2: country", "x: country = GB"])
def test_a_condition_without_a_step_or_an_operation_is_none(text):
    with pytest.raises(ArgumentError):
        parts_of(text)


def test_a_missing_value_needs_none():
    assert parts_of("1: plan is missing") == ("1", "plan", "is missing", "")
