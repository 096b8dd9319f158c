"""Rules as texts: read, written, asked."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.cohorts import cohort, cohort_of
from analytics_lib.behaviour.conditions import did, has, is_in_state, went
from analytics_lib.behaviour.rule_texts import Rule, read_rule, read_where
from analytics_lib.errors import ArgumentError


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("did buy", did("buy")),
        ("did buy least=3 within=30d", did("buy", at_least=3, within="30d")),
        ("did buy most=0", did("buy", at_least=0, at_most=0)),
        ("not did 'add to cart'", ~did("add to cart")),
        ("has country value=GB", has("country", "GB")),
        (
            "has properties.amount operator='>=' value=100 which=any",
            has("properties.amount", (">=", 100.0), which="any"),
        ),
        ("has plan operator='is missing' which=any", has("plan", None, which="any")),
        ("is dormant grain=month", is_in_state("dormant", grain="month", time_zone="Europe/London")),
        ("went 'view > buy' within=7d", went(["view", "buy"], within="7d")),
    ],
)
def test_a_text_is_a_condition_and_comes_back_as_it_was(text: str, condition: object) -> None:
    rule = read_rule(text)

    assert rule.condition(time_zone="Europe/London") == condition
    assert read_rule(rule.text) == rule


def test_a_cohort_is_found_by_name() -> None:
    events = pd.DataFrame({"user_id": ["a", "b"], "event": "x", "event_time": pd.Timestamp("2024-05-01", tz="UTC")})
    friends = cohort_of(["a"], name="friends")

    rule = read_rule("not in friends").condition(find={"friends": friends}.__getitem__)

    assert cohort(events, rule, name="others").people["user_id"].to_pylist() == ["b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with ''"),
        ("knows buy", "begins with 'knows'"),
        ("did", "does not say what"),
        ("did buy lest=3", "least"),
        ("did buy least=some", "no whole number"),
        ("did 'buy", "open quotation mark"),
        ("has amount operator='>' value=much", "no number"),
        ("has amount operator='~' value=1", "no operation"),
        ("in friends", "no saved cohorts"),
    ],
)
def test_a_wrong_text_is_told_with_what_is_right(text: str, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        read_rule(text).condition()


def test_options_that_say_nothing_are_left_out() -> None:
    assert Rule("did", "buy", {"least": "", "within": "7d"}).text == "did buy within=7d"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("country=GB", ("country", "GB")),
        ("properties.size = 7", ("properties.size", 7.0)),
        ("code = 007", ("code", "007")),
        ("url contains /cart", ("url", ("contains", "/cart"))),
        ("country != GB", ("country", ("!=", "GB"))),
    ],
)
def test_a_condition_on_a_column_is_read(text: str, wanted: object) -> None:
    assert read_where(text) == wanted


@pytest.mark.parametrize("text", ["country", "country =", "= GB", "amount > many"])
def test_a_wrong_condition_on_a_column_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError):
        read_where(text)
