"""The matrix of who came back when."""

from __future__ import annotations

import numpy as np
import pytest

from analytics_lib.behaviour.retention_pass import Cells, Members, Returns, counts, returned

MEMBERS = Members(*(np.array(column) for column in ([0, 1, 2], [0, 0, 1], [0, 0, 1], [0, 0, 0])))
RETURNS = Returns(np.array([0, 0, 1, 1]), np.array([1, 3, 0, 2]))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("on", [[0, 1, 0], [1, 0, 1], [0, 0, 0]]),
        ("on_or_after", [[1, 1, 1], [1, 1, 1], [0, 0, 0]]),
        ("on_or_before", [[0, 1, 1], [1, 0, 1], [0, 0, 0]]),
        ("streak", [[0, 1, 0], [1, 0, 0], [0, 0, 0]]),
    ],
)
def test_each_kind_of_cell_asks_its_own_question(kind: str, expected: list) -> None:
    cells = Cells(kind, ((0, 0), (1, 1), (2, 2)), 1)

    assert returned(MEMBERS, RETURNS, cells).astype(int).tolist() == expected


def test_counts_are_the_sums_of_the_matrix_by_cohort() -> None:
    cells = Cells("bracket", ((0, 1), (2, 9)), 1)

    assert counts(MEMBERS, RETURNS, cells, rows=3, row_of=MEMBERS.cohort).tolist() == [[2, 2], [0, 0], [0, 0]]


def test_no_members_and_no_returns_are_no_trouble() -> None:
    cells = Cells("on", ((0, 0),), 1)
    nothing = Returns(np.array([], dtype=int), np.array([], dtype=int))

    assert returned(MEMBERS, nothing, cells).sum() == 0
    assert returned(MEMBERS, nothing, Cells("on_or_after", ((0, 0),), 1)).sum() == 0
    assert returned(MEMBERS, nothing, Cells("bracket", ((0, 1),), 1)).sum() == 0
    assert counts(MEMBERS.take(slice(0, 0)), RETURNS, cells, rows=2, row_of=np.array([], dtype=int)).sum() == 0
