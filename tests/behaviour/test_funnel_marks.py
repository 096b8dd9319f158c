"""Bits that say what each event is to a funnel."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from analytics_lib.behaviour.funnel_exclusion import exclusion
from analytics_lib.behaviour.funnel_marks import FIRST_NAME, excludes, is_marked, marked, marks_of
from analytics_lib.behaviour.funnel_rules import Rules, read_rules
from analytics_lib.behaviour.funnel_steps import read_steps
from analytics_lib.engine.tables import to_arrow

EVENTS = pd.DataFrame(
    {"row": range(6), "event": ["a", "b", "a", None, "x", "c"], "country": ["GB", None, "FR", "GB", "GB", "GB"]}
)


def rules(*steps: object, **more: object) -> Rules:
    asked = {"within": "1d", "grace_seconds": 0, "window_from": "entry", "order": "ordered", "entry": "best"}
    asked |= {"hold_constant": (), "exclude": (), "exclude_effect": "drop_entity", "first_ever": None}
    return read_rules(read_steps(steps), **(asked | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "marks", "kept"),
    [
        (rules("a", "b"), [1, 2, 1, 0, 0, 0], [0, 1, 2]),
        (rules("a", "b", "a"), [5, 2, 5, 0, 0, 0], [0, 1, 2]),
        (rules({"event": "a", "where": {"country": "GB"}}, "b"), [1, 2, 0, 0, 0, 0], [0, 1]),
        (rules({"where": {"country": "GB"}}, "a"), [3, 0, 2, 1, 1, 1], [0, 2, 3, 4, 5]),
        (rules({"where": {"country": "GB"}}, {"where": {"country": None}}), [1, 2, 0, 1, 1, 1], [0, 1, 3, 4, 5]),
        (
            rules({"event": "a", "where": {"country": "GB"}}, "b", first_ever="event"),
            [1 | FIRST_NAME, 2, FIRST_NAME, 0, 0, 0],
            [0, 1, 2],
        ),
        (rules("a", "b", exclude=(exclusion("x"),)), [1, 2, 1, 0, excludes(0), 0], [0, 1, 2, 4]),
    ],
)  # fmt: skip
def test_each_event_has_the_bits_of_what_it_can_be(asked: Rules, marks: list[int], kept: list[int]) -> None:
    table = ibis.memtable(EVENTS)
    columns = table.select("row", **marked(table, asked))

    assert marks_of(to_arrow(columns.order_by("row")), asked).tolist() == marks
    assert sorted(to_arrow(columns.filter(is_marked(columns)))["row"].to_pylist()) == kept
