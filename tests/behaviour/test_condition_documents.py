"""A condition comes back from JSON as it was, with the very same people."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from analytics_lib.behaviour.cohorts import cohort, cohort_of
from analytics_lib.behaviour.condition_documents import cohorts_named, read_document, to_document
from analytics_lib.behaviour.conditions import Condition, belongs_to, did, has, is_in_state, went
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.errors import ArgumentError

CONDITIONS = [
    did("buy"),
    did("buy", at_least=0, at_most=0, within="36h"),
    did(step(["buy", "rent"], where={"properties.amount": (">=", 100), "country": ["GB", "NL"], "coupon": None})),
    has("country", {"GB"}, which="first") | ~has("plan", "pro"),
    has("properties.renewal", (">", datetime(2024, 5, 1, tzinfo=UTC))) & has("properties.born", date(1990, 1, 1)),
    went(["view", step("buy", optional=True), {"event": "pay", "where": {"country": "GB"}}], within="7d"),
    is_in_state("dormant", grain="month", time_zone="Asia/Kolkata"),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_condition_comes_back_as_it_was(condition: Condition) -> None:
    again = read_document(json.loads(json.dumps(to_document(condition))))

    assert again == condition
    assert str(again) == str(condition)


def test_a_pair_that_compares_does_not_become_a_list_of_values() -> None:
    events = pd.DataFrame(
        {"user_id": ["a", "b"], "event_time": pd.to_datetime(["2024-05-01", "2024-05-02"]), "amount": [50.0, 150.0]}
    )
    asked = has("amount", (">=", 100))

    again = read_document(json.loads(json.dumps(to_document(asked))))

    assert cohort(events, again, name="big").people["user_id"].to_pylist() == ["b"]


def test_a_cohort_is_named_and_found_by_its_name() -> None:
    friends = cohort_of(["a"], name="friends")
    document = json.loads(json.dumps(to_document(did("buy") & ~belongs_to(friends))))

    assert cohorts_named(document) == {"friends"}
    assert str(read_document(document, find={"friends": friends}.__getitem__)) == (
        "(did buy at least 1× and not in cohort friends)"
    )


def test_what_has_no_form_in_json_is_refused_and_so_is_nonsense() -> None:
    with pytest.raises(ArgumentError, match="a rule with a DataFrame can't be kept"):
        to_document(went(["a", "b"], within=pd.DataFrame()))
    with pytest.raises(ArgumentError, match="no part of a condition"):
        read_document({"kind": "os.system", "value": "x"})
    with pytest.raises(ArgumentError, match="no condition"):
        read_document({"kind": "tuple", "value": []})
