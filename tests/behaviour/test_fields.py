"""Columns and values inside JSON by one name, and conditions on them."""

from __future__ import annotations

import ibis
import pytest

from analytics_lib.behaviour.fields import checked_operation, column_of, condition, described, field
from analytics_lib.errors import ArgumentError, MissingColumnError

TABLE = ibis.memtable(
    {"country": ["GB", "NL", None], "amount": [1, 5, None], "properties": ['{"n": "10"}', '{"n": 9}', None]}
)


def test_a_field_is_a_column_or_a_value_inside_a_document() -> None:
    assert column_of("properties.n") == "properties"
    assert field(TABLE, "country").to_list() == ["GB", "NL", None]
    assert field(TABLE, "properties.n").to_list() == ["10", "9", None]
    with pytest.raises(MissingColumnError):
        field(TABLE, "context.n")


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("country", "GB", [True, False, False]),
        ("country", ["GB", "NL"], [True, True, False]),
        ("country", None, [False, False, True]),
        ("country", float("nan"), [False, False, True]),
        ("country", ("!=", "GB"), [False, True, True]),
        ("country", ("contains", "L"), [False, True, False]),
        ("country", ("matches", "^G"), [True, False, False]),
        ("amount", (">=", 5), [False, True, False]),
        ("properties.n", ("<", 9.5), [False, True, False]),
        ("properties.n", 10, [True, False, False]),
    ],
)
def test_an_unknown_value_meets_only_what_asks_for_it(name: str, wanted: object, expected: list[bool]) -> None:
    assert condition(TABLE, name, wanted).to_list() == expected


def test_conditions_are_written_in_words_and_misspelt_operations_refused() -> None:
    assert described("amount", ("<", 3)) == "amount < 3"
    with pytest.raises(ArgumentError, match="=>"):
        checked_operation(("=>", 3))
    with pytest.raises(ArgumentError, match="any of nothing"):
        condition(TABLE, "country", [])


def test_a_missing_value_of_a_frame_is_missing_and_another_kind_of_value_is_refused_in_words() -> None:
    assert described("country", float("nan")) == "country is missing"
    for wanted in (5, (">", 5)):
        with pytest.raises(ArgumentError, match=r"'country' holds string and can't be compared with 5"):
            condition(TABLE, "country", wanted)
