"""A long funnel asked in two stages: most people stop at one of the first steps, and no later step of theirs matters.

So the funnel of the first steps is asked of everybody, and the whole one only of those who got through it. Whoever
did not has the same completion in both: the same level, entry and events, since no step behind was in reach.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_counted import Counted
from analytics_lib.behaviour.funnel_events import FunnelEvents, doubtful
from analytics_lib.behaviour.funnel_fetch import FunnelRows
from analytics_lib.behaviour.funnel_marks import marks_of
from analytics_lib.behaviour.funnel_outcome import Outcome
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.parts import worked

LEAST_ROWS: Final = 500_000
"""Fewer are asked at once: looking twice would cost more than it saves."""
MOST_OF_ROWS: Final = 0.4
"""Share of the rows that the first stage may look at; where all get through, that is what it costs in vain."""

_SAMPLED: Final = 16
_ROWS_SAMPLED: Final = 16_384
"""One in so many stretches of so many rows tells what the first steps are worth."""
_BUCKETS: Final = 1 << 20
_BUCKET_SHIFT: Final = 40
"""Bits of a key above those that cut the parts."""

Count = Callable[[FunnelEvents, Rules], Counted]


def in_stages(rows: FunnelRows, rules: Rules, count: Count) -> list[Counted]:
    """Count what units did, part by part of the people; those who get through the first steps in a second stage."""
    first = _first_steps(rows, rules)
    if first is None:
        return rows.each_part(rules, lambda events: count(events, rules))
    seen: list[int] = []
    bits = (1 << len(first.steps)) - 1

    def is_early(stretch: pa.RecordBatch) -> Flags:
        marks = marks_of(stretch, rules)
        seen.append(int(np.bitwise_or.reduce(marks)))
        return np.asarray(marks & bits != 0)

    stopped = rows.each_part(first, lambda events: count(events, first), is_early)
    on = _those_through(stopped)
    is_theirs = lambda stretch: on.take(_buckets(stretch[rows.fetched.key]))  # noqa: E731
    counted = rows.each_part(rules, lambda events: count(events, rules), is_theirs)
    counted += worked(lambda one: replace(one, outcome=_without(one.outcome, on)), stopped)
    nowhere = doubtful(rules, np.array(seen))
    return [replace(one, doubtful=nowhere) for one in counted]


def _those_through(counted: Sequence[Counted]) -> Flags:
    """Mark the buckets of those who got through all steps; others who share one are asked again as well."""
    on = np.zeros(_BUCKETS, dtype=bool)
    for one in counted:
        through = one.outcome.person.compress(one.outcome.reached[-1])
        on[_buckets(one.outcome.people.keys.take(pa.array(through)))] = True
    return on


def _first_steps(rows: FunnelRows, rules: Rules) -> Rules | None:
    """Give the same funnel of as many first steps as few rows can be; None where there is none worth asking for."""
    table, key = rows.fetched.rows, rows.fetched.key
    plain = rules.order == "ordered" and not (rules.dialect or rules.exclude or rules.first_ever or rules.sessions)
    plain = plain and rows.unit == "user" and not any(step.optional for step in rules.steps)
    if not plain or key is None or table.num_rows < LEAST_ROWS or table[key].null_count:
        return None
    stretches = table.to_batches(max_chunksize=_ROWS_SAMPLED)
    marks = np.concatenate([marks_of(batch, rules) for batch in stretches[::_SAMPLED]])
    shares = [np.count_nonzero(marks & (1 << number) - 1) / max(len(marks), 1) for number in range(1, len(rules.steps))]
    number = int(np.searchsorted(shares, MOST_OF_ROWS, side="right"))
    return replace(rules, steps=rules.steps[:number]) if number > 1 else None


def _buckets(keys: Any) -> Codes:
    numbers = keys.to_numpy(zero_copy_only=False)
    places = numbers >> numbers.dtype.type(_BUCKET_SHIFT)
    places &= numbers.dtype.type(_BUCKETS - 1)
    return np.asarray(places).view(np.int64)


def _without(outcome: Outcome, on: Flags) -> Outcome:
    """Leave out those of the marked buckets: they are counted in the second stage."""
    keys = outcome.people.keys.take(pa.array(outcome.person))
    stay = np.flatnonzero(~on.take(_buckets(keys)))
    units = np.arange(len(stay))
    return replace(
        outcome,
        reached=outcome.reached[:, stay],
        time=tuple(row.take(stay) for row in outcome.time),
        person=outcome.person[stay],
        open=outcome.open[stay],
        unit_of=units,
        group_of=np.zeros_like(units),
    )
