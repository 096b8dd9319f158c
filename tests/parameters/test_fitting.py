"""Text and native values become the declared type, or are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics_lib.errors import ParameterError
from analytics_lib.parameters.texts import encode
from analytics_lib.parameters.validation import validate
from tests.parameters.declared import CONTRACT, given_one


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n", " 42 ", 42),
        ("n", "-007", -7),
        ("share", "1e-3", 0.001),
        ("share", "2", 2.0),
        ("active", "No", False),
        ("active", "on", True),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("moment", "2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("moment", "2024-05-01T10:00:00+02:00", datetime(2024, 5, 1, 8, tzinfo=UTC)),
        ("mode", "3", 3),
        ("mode", "b", "b"),
        ("steps", "cart, purchase", ["cart", "purchase"]),
        ("steps", '["a,b", " c"]', ["a,b", " c"]),
        ("steps", "", []),
        ("country", "", None),
        ("limit", "", None),
        ("days", "2024-05-01,2024-05-02", [date(2024, 5, 1), date(2024, 5, 2)]),
    ],
)
def test_text_becomes_the_declared_type(name: str, text: str, value: object) -> None:
    found = given_one(name, text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", "abc"), ("n", ""), ("n", "1.0"), ("n", 1.0), ("n", True), ("n", "१"), ("n", "9" * 5000), ("n", None),
        ("share", "nan"), ("share", "1e999"), ("share", 10**400), ("share", "1_000"), ("share", float("inf")),
        ("active", "maybe"), ("active", 1), ("day", "2024-02-30"), ("day", "20240501"), ("day", "01/05/2024"),
        ("day", datetime(2024, 5, 1, tzinfo=UTC)), ("moment", "soon"), ("mode", "c"), ("mode", True), ("mode", "B"),
        ("steps", 5), ("steps", "[1, 2"), ("steps", "[1]"), ("steps", b"ab"), ("zip_code", 123),
        ("days", "2024-05-01,x"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"parameter {name}=") as refusal:
        validate(CONTRACT, {name: value})

    assert refusal.value.advice.startswith("Give ")


def test_leading_zeros_of_a_text_survive() -> None:  # Papermill alone injects the number 123
    assert given_one("zip_code", "00123") == "00123"
    assert encode("00123") == "'00123'"
