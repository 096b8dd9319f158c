"""The way from one question to another."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.dialects import DIALECTS
from analytics_lib.behaviour.difference_rules import changes, view
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.engine.tables import as_table

EVENTS = pd.DataFrame(
    {"user_id": ["a", "a"], "event": ["A", "B"], "event_time": pd.to_datetime(["2024-05-01", "2024-05-02"])}
)


def subjects(**asked: object) -> list[tuple[str, ...]]:
    before, after = (view(funnel(EVENTS, ["A", "B"], **rules), {"step": 2}) for rules in ({}, asked))  # type: ignore[arg-type]
    return [tuple(reason.subject for reason in change.reasons) for change in changes(before, after)]


@pytest.mark.parametrize("name", list(DIALECTS))
def test_a_dialect_taken_apart_and_put_together_gives_the_same_answer(name: str) -> None:
    result = funnel(EVENTS, ["A", "B"], dialect=name)

    assert view(result, {"step": 2}).result().to_frame().equals(result.to_frame())


def test_rules_are_changed_in_one_order_whatever_the_order_they_are_given_in() -> None:
    expected = [("within",), ("entry",), ("grace_seconds",)]

    assert subjects(grace_seconds=1, entry="first", within=None) == expected
    assert subjects(entry="first", within=None, grace_seconds=1) == expected


def test_a_pass_of_its_own_comes_last() -> None:
    assert subjects(dialect="posthog", order="strict") == [("order",), ("walk",)]


def test_the_same_lake_table_opened_twice_is_no_difference() -> None:
    table = as_table(EVENTS, ["event"], analysis="funnel")
    before, after = (view(funnel(one, ["A", "B"]), {"step": 2}) for one in (table, table.filter(True)))

    assert len(list(changes(before, before))) == 0
    assert [change.reasons[0].subject for change in changes(before, after)] == ["events"]


def test_a_column_and_a_list_of_it_ask_the_same() -> None:
    one, other = (
        view(funnel(EVENTS, ["A", "B"], hold_constant=given), {"step": 2}) for given in ("user_id", ["user_id"])
    )

    assert list(changes(one, other)) == []
