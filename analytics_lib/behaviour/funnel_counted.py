"""What units did in a funnel, and how parts of the people become one whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_outcome import Outcome
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.behaviour.identities import joined_names
from analytics_lib.behaviour.parts import joined_numbers
from analytics_lib.engine.tables import Table


@dataclass(frozen=True, slots=True)
class Counted:
    """What units did, and what the notes say."""

    outcome: Outcome
    left_out: int
    """Matching events that belong to no unit."""
    doubtful: tuple[Step, ...]
    """Steps that no row matched, whose names may be known to nobody."""


def joined(parts: Sequence[Counted], table: Table) -> Counted:
    """Give the parts as one; `table` is where names can be read."""
    outcomes = [part.outcome for part in parts]
    units = np.arange(sum(one.reached.shape[1] for one in outcomes))
    reached, time = _side_by_side(outcomes, len(units))
    whole = Outcome(
        reached=reached,
        time=time,
        person=joined_numbers([one.person for one in outcomes], [one.people.num_rows for one in outcomes]),
        people=joined_names([one.people for one in outcomes], table),
        open=np.concatenate([one.open for one in outcomes]),
        unit_of=units,
        group_of=np.zeros_like(units),
        groups=outcomes[0].groups,
    )
    nowhere = [step for step in parts[0].doubtful if all(step in part.doubtful for part in parts)]
    return Counted(whole, sum(part.left_out for part in parts), tuple(nowhere))


def _side_by_side(outcomes: Sequence[Outcome], units: int) -> tuple[Flags, tuple[Codes, ...]]:
    """Give who reached which step, and when; nothing is written for who did not, and most memory is never touched."""
    steps = max(len(one.reached) for one in outcomes)  # who stopped at one of the first has no more
    reached = np.zeros((steps, units), dtype=bool)
    time = tuple(np.zeros(units, dtype=np.int64) for _ in range(steps))
    begin = 0
    for one in outcomes:
        for step, there in enumerate(one.reached):
            found = np.flatnonzero(there)
            reached[step, found + begin] = True
            time[step][found + begin] = one.time[step].take(found)
        begin += one.reached.shape[1]
    return reached, time
