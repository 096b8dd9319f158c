"""Argument checks say what was given, what is allowed, what to do."""

from __future__ import annotations

import pytest

from analytics_lib import checks
from analytics_lib.errors import ArgumentError, MissingColumnError


def test_a_bare_string_is_never_a_list_of_names() -> None:
    with pytest.raises(ArgumentError, match=r"Write \['buy'\]"):
        checks.names("steps", "buy")


def test_names_may_be_absent_where_none_are_needed() -> None:
    assert checks.names("exclude", None) == ()


@pytest.mark.parametrize("values", [["view", ""], ["view", 3]])
def test_names_are_non_empty_text(values: list[str]) -> None:
    with pytest.raises(ArgumentError, match="not a name"):
        checks.names("steps", values)


def test_too_many_names_say_how_many_are_allowed() -> None:
    with pytest.raises(ArgumentError, match="21 entries.*Give 2 to 20"):
        checks.names("steps", ["x"] * 21, at_least=2, at_most=20)


def test_a_wrong_choice_lists_the_right_ones() -> None:
    with pytest.raises(ArgumentError, match="'ordered', 'strict'.*Did you mean 'ordered'"):
        checks.one_of("order", "orderd", ["ordered", "strict"])


@pytest.mark.parametrize("value", [0, 1, -0.1, float("nan"), float("inf"), True])
def test_confidence_is_strictly_between_its_ends(value: float) -> None:
    with pytest.raises(ArgumentError, match="strictly between 0 and 1"):
        checks.number_between("confidence", value, 0, 1)


def test_an_inclusive_range_takes_its_ends() -> None:
    assert checks.number_between("share", 1, 0, 1, inclusive=True) == 1.0


@pytest.mark.parametrize("value", [0, 2.5, True, "8", None, float("nan"), float("inf")])
def test_whole_numbers_are_whole_and_large_enough(value: int) -> None:
    with pytest.raises(ArgumentError, match="of at least 1"):
        checks.whole_number("periods", value, at_least=1)


def test_a_missing_column_names_what_is_there() -> None:
    with pytest.raises(MissingColumnError, match="needs the column 'user_id', which .*'userid'.*has event, userid"):
        checks.columns({"userid", "event"}, ["user_id", "event"], analysis="funnel")


def test_a_bare_string_where_several_names_are_needed_is_not_sent_into_the_next_error() -> None:
    with pytest.raises(ArgumentError, match=r"Write \['purchase', …\] with at least 2 names"):
        checks.names("steps", "purchase", at_least=2)


def test_what_is_listed_in_the_fact_is_not_listed_again() -> None:
    with pytest.raises(ArgumentError) as refusal:
        checks.one_of("order", "zzz", ["ordered", "strict"])

    assert str(refusal.value) == "order='zzz' is not one of 'ordered', 'strict'. Give one of them."


def test_a_missing_column_stands_before_a_long_list_of_others() -> None:
    with pytest.raises(MissingColumnError) as refusal:
        checks.columns([f"column_{number:02}" for number in range(34)], ["user_id", "event"], analysis="funnel")

    assert str(refusal.value).startswith("funnel needs the columns 'user_id', 'event', which the table does not have.")
    assert str(refusal.value).endswith("column_11 and 22 more.")
