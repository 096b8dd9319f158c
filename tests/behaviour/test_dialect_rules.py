"""What a dialect decides, and what it refuses."""

from __future__ import annotations

import pytest

from analytics_lib.behaviour.dialect_rules import dialect_words, in_dialect
from analytics_lib.behaviour.funnel_exclusion import exclusion
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps, step
from analytics_lib.errors import ArgumentError


def rules(**more: object) -> Rules:
    return Rules(read_steps(["a", "b"]), **more)  # type: ignore[arg-type]


def test_no_dialect_leaves_the_rules_alone() -> None:
    assert in_dialect(rules(entry="first"), None) == rules(entry="first")
    assert dialect_words(rules()) == ""


def test_a_dialect_decides_what_it_differs_in() -> None:
    spoken = in_dialect(rules(), "mixpanel")

    assert (spoken.entry, spoken.grace, spoken.exclude_effect) == ("first", 2_000_000, "stop_at_step")


def test_saying_what_the_dialect_says_is_no_contradiction() -> None:
    assert in_dialect(rules(entry="first"), "mixpanel").entry == "first"


def test_strict_order_has_no_grace_even_where_the_product_has() -> None:
    assert in_dialect(rules(order="strict"), "amplitude").grace == 0


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("mixpanel", {"entry": "every"}),
        ("umami", {"grace": 1_000_000}),
        ("mixpanel", {"order": "strict"}),
        ("posthog", {"order": "any"}),
        ("posthog", {"exclude": (exclusion("x", before=2),)}),
        ("clickhouse", {"exclude": (exclusion("x"),)}),
        ("posthog", {"hold_constant": ("country",)}),
        ("amplitude", {"sessions": 2}),
    ],
)
def test_what_the_product_does_not_have_is_refused(name: str, asked: dict[str, object]) -> None:
    with pytest.raises(ArgumentError, match=name):
        in_dialect(rules(**asked), name)


def test_optional_steps_are_ours_alone() -> None:
    with pytest.raises(ArgumentError, match="optional"):
        in_dialect(Rules(read_steps(["a", step("b", optional=True), "c"])), "posthog")
