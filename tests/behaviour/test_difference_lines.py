"""Each person in one line."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.difference_lines import Lines, Way, attributed, membership
from analytics_lib.behaviour.difference_trends import Surplus
from analytics_lib.behaviour.difference_words import UNNAMED


def people(names: str) -> pa.Table:
    return pa.table({"user_id": list(names)})


def test_the_last_change_that_moved_a_person_counts_and_who_came_and_went_is_in_none() -> None:
    counted = np.array([[1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 1, 0], [0, 0, 1, 0]], dtype=bool)

    assert attributed(counted).tolist() == [2, 1, 0, -1]


def test_people_are_told_apart_by_their_tenant() -> None:
    first, second = (pa.table({"tenant_id": [one], "user_id": ["a"]}) for one in ("x", "y"))

    _, counted = membership([first, second])

    assert counted.tolist() == [[True, False], [False, True]]


def test_what_a_number_counts_beside_people_stands_at_its_end() -> None:
    again = Surplus("twice", people("a"), 3)
    way = [("", people("ab")), ("rule", people("bc")), (UNNAMED, people("bc"))]

    there, back = Lines.of(Way(way, first=(again,))), Lines.of(Way(way, last=(again,)))

    assert (there.before, there.after, back.before, back.after) == (5, 2, 2, 5)
    assert there.frame()[["reason", "users", "gained", "lost", "change"]].values.tolist() == [
        ["twice", 1, 0, 0, -3], ["rule", 2, 1, 1, 0],
    ]  # fmt: skip
    assert back.frame()["change"].tolist() == [0, 3]
    assert there.people_of({"reason": "twice", "counted": None})["effect"].to_pylist() == ["counted again"]
    assert there.people_of({"reason": "rule", "counted": "lost"})["user_id"].to_pylist() == ["a"]
