"""Results of the usual shapes are known by their columns."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.privacy.shapes import Shape, structure_of, write_sums
from tests.privacy.test_suppression import counted


def shaped(columns: list[str], keys: tuple[str, ...] = (), **more) -> Shape:
    return Shape.of(counted(pd.DataFrame([[1] * len(columns)] * 2, columns=columns), keys, **more))


@pytest.mark.parametrize(
    ("columns", "kinds"),
    [
        (["step", "event", "users"], {"steps"}),
        (["cohort", "period", "cohort_users", "users"], {"repeats", "share"}),
        (["active_periods", "users"], {"groups"}),
        (["time", "users", "completed_users"], {"share"}),
        (["time", "users", "complete"], set()),
        (["time", "new", "returning", "resurrecting", "dormant"], {"sum"}),
    ],
)
def test_the_usual_shapes_are_known(columns, kinds):
    assert {rule.kind for rule in shaped(columns).rules} == kinds


def test_a_split_by_two_columns_adds_up_over_each_and_over_both():
    frame = pd.DataFrame({"a": [1], "b": [2], "users": [3]})
    rules = structure_of(counted(frame, ("a", "b"), by=("a", "b")))
    assert [rule.along for rule in rules] == [("a",), ("b",), ("a", "b")]


def test_summing_over_a_split_keeps_the_other_keys_and_what_is_unknown():
    frame = pd.DataFrame({"country": ["x", "y", "x"], "step": [1, 1, 2], "users": pd.array([3, 4, None], "Int64")})
    summed = Shape.of(counted(frame, ("country", "step"), by=("country",))).summed(("country",))
    assert summed.keys == ("step",)
    assert summed.frame["users"].tolist() == [7, pd.NA]


def test_the_sums_of_a_funnel_are_its_steps_and_those_who_left():
    frame = pd.DataFrame({"step": [1, 2, 3], "users": [9, 6, 2]})
    sums = write_sums(Shape.of(counted(frame, ("step",))), 5, lambda totals: set())
    assert [count.value for count in sums.counts] == [9, 6, 2, 3, 4]
    assert sums.equations == [(0, (1, 3)), (1, (2, 4))]


def test_rows_of_a_chain_come_in_its_order():
    frame = pd.DataFrame({"step": [2, 1, 3], "users": [5, 9, 1]})
    assert Shape.of(counted(frame, ("step",))).rows_along(("step",)) == [[1, 0, 2]]
