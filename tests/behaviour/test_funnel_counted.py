"""Parts of the people as one whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.funnel_counted import Counted, joined
from analytics_lib.behaviour.funnel_outcome import Outcome
from analytics_lib.behaviour.funnel_steps import Step, read_steps
from analytics_lib.engine.tables import as_table

STEPS = read_steps(["x", "y", "z"])


def part(reached: list[list[int]], time: list[list[int]], people: list[str], *, doubtful: tuple[Step, ...]) -> Counted:
    there = np.array(reached, dtype=bool)
    units = np.arange(there.shape[1])
    groups: Any = pa.table({"_": [0]})
    outcome = Outcome(
        reached=there,
        time=tuple(np.array(row) for row in time),
        person=units,
        people=pa.table({"user_id": people}),
        open=there[-1],
        unit_of=units,
        group_of=np.zeros_like(units),
        groups=groups,
    )
    return Counted(outcome, left_out=1, doubtful=doubtful)


def test_units_stand_side_by_side_and_who_stopped_early_has_no_later_steps() -> None:
    whole = joined(
        [
            part([[1, 1], [1, 0], [1, 0]], [[5, 6], [7, 0], [9, 0]], ["a", "b"], doubtful=STEPS[2:]),
            part([[1, 1, 1], [0, 1, 0]], [[1, 2, 3], [0, 4, 0]], ["c", "d", "e"], doubtful=STEPS[1:]),
        ],
        as_table(pa.table({"user_id": ["a"]})),
    )

    outcome = whole.outcome
    assert outcome.reached.astype(int).tolist() == [[1, 1, 1, 1, 1], [1, 0, 0, 1, 0], [1, 0, 0, 0, 0]]
    assert outcome.time[0].tolist() == [5, 6, 1, 2, 3]
    assert outcome.time[1][[0, 3]].tolist() == [7, 4]
    assert outcome.open.tolist() == [True, False, False, True, False]
    assert outcome.people.take(pa.array(outcome.person))["user_id"].to_pylist() == ["a", "b", "c", "d", "e"]
    assert (whole.left_out, whole.doubtful) == (2, STEPS[2:])
