"""Events that exclude, and between which steps."""

from __future__ import annotations

import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_exclusion import MOST_SPANS, exclusion, exclusion_words, read_exclusions
from analytics_lib.behaviour.funnel_steps import read_steps, step
from analytics_lib.errors import ArgumentError
from tests.behaviour.test_funnel import history

STEPS = read_steps(["A", "B", step("N", optional=True), "C"])


@pytest.mark.parametrize(
    ("given", "span"),
    [
        ("X", (1, None)),
        (step("X"), (1, None)),
        ({"event": "X"}, (1, None)),
        ({"event": "X", "after": 1, "before": 4}, (1, None)),
        ({"event": "X", "after": 2}, (2, None)),
        (exclusion("X", after=1, before=2), (1, 2)),
        ([{"event": "X", "where": {"plan": "pro"}, "before": 2}], (1, 2)),
    ],
)
def test_one_or_several_are_read(given: object, span: tuple[int, int | None]) -> None:
    [found] = read_exclusions(given, STEPS)

    assert found.span == span
    assert found.step.events == ("X",)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"event": "X", "after": 2, "before": 1}, "after=2 and before=1"),
        ({"event": "X", "before": 5}, "Give two steps from 1 to 4"),
        ({"event": "X", "after": 0}, "after=0"),
        ({"event": "X", "after": "B"}, "after='B'"),
        ({"event": "X", "after": 3}, "step 3 is optional"),
        ({"event": "X", "before": 3}, "step 3 is optional"),
        ({"event": "X", "behind": 3}, "unknown key 'behind'"),
        ({"event": "X", "optional": True}, "as a step"),
        (7, "which is no step"),
        (None, "which is no step"),
    ],
)
def test_what_makes_no_sense_is_refused(given: object, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        read_exclusions(given, STEPS)


def test_there_are_not_more_pairs_of_steps_than_bits() -> None:
    steps = read_steps([f"e{number}" for number in range(20)])
    pairs = [exclusion("X", after=number, before=number + 1) for number in range(1, MOST_SPANS + 2)]

    assert len(read_exclusions(pairs[:-1], steps)) == MOST_SPANS
    with pytest.raises(ArgumentError, match="11 different pairs of steps"):
        read_exclusions(pairs, steps)


def test_the_definition_says_between_which_steps() -> None:
    several = read_exclusions(["X", {"event": "Y"}, {"event": "Z", "after": 1, "before": 2}], STEPS)

    words = exclusion_words(several, STEPS, "stop_at_step")

    assert "With X, Y strictly between entry and last step it stops at the step before it." in words
    assert "With Z strictly between step 1 (A) and step 2 (B), or its last one before that, it stops" in words


@pytest.mark.parametrize(
    ("written", "between", "dropped", "stopped"),
    [
        ("A0 X1 B2 C3", (1, 2), 0, 1),
        ("A0 X1 B2 C3", (2, 3), 3, 3),
        ("A0 B2 X2 C3", (2, 3), 3, 3),
        ("A0 B2 X3 C4", (2, 3), 0, 2),
        ("A0 B2 X3 C4", (1, 2), 3, 3),
        ("A0 B2 X3", (2, 3), 2, 2),
        ("A0 X1", (1, 2), 1, 1),
        ("A0 X1 A2 B3 C4", (1, 2), 3, 3),
    ],
)
def test_an_event_between_other_steps_excludes_nobody(
    written: str, between: tuple[int, int], dropped: int, stopped: int
) -> None:
    asked = {"event": "X", "after": between[0], "before": between[1]}

    def level(effect: str) -> int:
        result = funnel(history(written), list("ABC"), within="60min", exclude=asked, exclude_effect=effect)
        return int((result.to_frame()["users"] == 1).sum())

    assert (level("drop_entity"), level("stop_at_step")) == (dropped, stopped)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"order": "any"}, "order='any' has no step 1"),
        ({"dialect": "posthog"}, "posthog has no events as we define it"),
        ({"dialect": "mixpanel"}, "mixpanel has no events as we define it"),
        ({"exclude": {"event": "B", "after": 1, "before": 3}}, "'B' is a step and excluded at once"),
    ],
)
def test_rules_that_have_no_two_steps_are_refused(rules: dict[str, object], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        funnel(history("A0 B1 C2"), list("ABC"), **{"exclude": exclusion("X", after=1, before=2), **rules})  # type: ignore[arg-type]
