"""Which events can be part of a completion at all: most people never do one of the first steps."""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.funnel_rules import Rules


def useful(segment: Codes, steps: Codes, rules: Rules) -> Flags | None:
    """Tell which events may be part of a completion; None where the rules let every event matter.

    An event is of no use when its segment lacks one of the required steps up to it, at any time.

    Parameters
    ----------
    segment
        Number of the unit, or of unit and held value, of each event; from 0.
    steps
        Bit j set: the event can be step j.
    """
    if rules.order != "ordered" or rules.dialect is not None or not len(segment):
        return None
    there = _who_did(segment, steps, len(rules.steps))
    ways = np.zeros(there.shape[1], dtype=steps.dtype)
    alive = np.ones(len(ways), dtype=bool)
    for step in rules.required:
        alive &= there[step]
        ways += alive.astype(steps.dtype) << step
    ways |= sum(1 << number for number, step in enumerate(rules.steps) if step.optional)
    return (steps & ways.take(segment)) != 0


def _who_did(segment: Codes, steps: Codes, count: int) -> Flags:
    """Tell which segments have which step: one row per step."""
    size = int(segment.max()) + 1
    there = np.zeros((count, size), dtype=bool)
    if not (steps & (steps - 1)).any():  # every event can be one step
        number = np.frexp(steps)[1].astype(np.int64) - 1
        there.reshape(-1)[number * size + segment] = True
        return there
    for step in range(count):
        there[step][segment.take(np.flatnonzero((steps & (1 << step)) != 0))] = True
    return there
