"""Rows in order of unit and time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.behaviour.row_order import assert_sorted, sort_order, sorted_rows


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2**61), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_the_order_is_that_of_a_plain_sort_however_wide_the_numbers_are(rows: list[tuple[int, int, int, int]]) -> None:
    columns = (
        [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)] if rows else [np.zeros(0, int)] * 4
    )

    order = sort_order(*columns)

    assert [rows[at] for at in order] == sorted(rows)


_WIDE = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(_WIDE, st.integers(0, 3) | _WIDE, st.integers(-1, 1)), max_size=40))
def test_any_whole_numbers_are_put_in_order(rows: list[tuple[int, int, int]]) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T

    order, unit, time = sorted_rows(*columns)

    assert [rows[at] for at in order] == sorted(rows)
    assert list(zip(unit.tolist(), time.tolist(), strict=True)) == sorted(row[:2] for row in rows)


@pytest.mark.parametrize("shape", ["by time", "shuffled", "a few are late"])
def test_many_rows_are_in_the_order_that_numpy_finds_by_comparing(shape: str) -> None:
    random, count = np.random.default_rng(7), 50_000
    unit, tie = random.integers(0, 70_000, count), random.integers(0, 3, count)  # more units than 16 bits number
    time = np.sort(random.integers(0, 10**15, count) // 10**11 * 10**11)  # many at once
    if shape != "by time":
        some = slice(None) if shape == "shuffled" else slice(1_000, 1_100)
        time[some] = random.permutation(time)[some]

    order = sort_order(unit, time, tie)

    assert order.tolist() == np.lexsort((tie, time, unit)).tolist()


def test_a_pass_refuses_rows_that_are_out_of_order() -> None:
    assert_sorted(np.array([0, 0, 1]), np.array([1, 1, 0]))
    with pytest.raises(AssertionError, match="not in order"):
        assert_sorted(np.array([0, 0]), np.array([2, 1]))
