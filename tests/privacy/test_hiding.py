"""The small go, and as few others as it takes."""

from __future__ import annotations

import pandas as pd

from analytics_lib.privacy.hiding import hide
from analytics_lib.privacy.shapes import Shape
from tests.privacy.test_suppression import counted, funnel


def test_a_table_without_small_groups_hides_nothing():
    assert not hide(Shape.of(counted(funnel([100, 50, 20]), ("step",))), 10).cells


def test_small_and_other_cells_are_told_apart():
    frame = pd.DataFrame({"country": ["GB", "DE", "FR"], "users": [500, 3, 80]})
    hidden = hide(Shape.of(counted(frame, ("country",), by=("country",))), 10)
    assert hidden.small == {(1, "users")}
    assert hidden.others == {(2, "users")}
    assert hidden.cells == {(1, "users"), (2, "users")}


def test_zeros_are_hidden_only_when_nothing_else_is_left():
    frame = pd.DataFrame({"country": ["GB", "DE", "FR"], "users": [5, 5, 0]})
    hidden = hide(Shape.of(counted(frame, ("country",), by=("country",))), 10)
    assert hidden.others == {(2, "users")}


def test_a_total_that_is_small_itself_helps_nobody():
    frame = pd.DataFrame({"country": ["GB", "DE"], "users": [2, 0]})
    hidden = hide(Shape.of(counted(frame, ("country",), by=("country",))), 10)
    assert hidden.cells == {(0, "users")}
