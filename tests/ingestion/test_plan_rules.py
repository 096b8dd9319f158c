"""A rule says what a property may hold and how it is stored."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.ingestion.plan_rules import PlannedEvent, PlannedProperty


@pytest.mark.parametrize(
    ("rule", "value", "finding"),
    [
        (PlannedProperty(type="number"), "5.5", None),
        (PlannedProperty(type="integer"), "5.5", "n must be of type integer"),
        (PlannedProperty(type="number"), True, "n must be of type number"),
        (PlannedProperty(one_of=("a", "b")), "c", "n must be one of a, b"),
        (PlannedProperty(longest=2), "abc", "n must have at most 2 characters"),
    ],
)
def test_what_breaks_a_rule_is_said(rule, value, finding):
    assert rule.finding("n", value) == finding


def test_texts_are_changed_before_they_are_judged_and_stored():
    event = PlannedEvent(properties={"code": PlannedProperty(transform="upper", one_of=("EUR",))})
    assert event.judge('{"code":"eur"}') == (None, '{"code":"EUR"}')
    assert event.judge('{"other": 1}') == (None, '{"other": 1}')  # untouched, to the letter


@pytest.mark.parametrize(
    ("said", "message"),
    [({"transform": "rot13"}, "transform='rot13'"), ({"type": "text"}, "type='text'"), ({"privacy": "x"}, "privacy")],
)
def test_a_rule_that_cannot_be_meant_is_refused(said, message):
    with pytest.raises(ArgumentError, match=message):
        PlannedProperty(**said)
