"""A funnel over more events than fit in memory comfortably: people by people, in slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.dialect_events import as_seen
from analytics_lib.behaviour.funnel_events import FunnelEvents, fetch_events
from analytics_lib.behaviour.funnel_outcome import Outcome, outcome_of
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.behaviour.identities import joined_names
from analytics_lib.behaviour.parts import joined_numbers
from analytics_lib.behaviour.scope import Scope
from analytics_lib.engine.keys import key_pair
from analytics_lib.engine.places import place_in
from analytics_lib.engine.tables import to_arrow
from analytics_lib.engine.times import micros

ROWS_AT_ONCE: Final = 10_000_000
"""Events of one slice, more or less: some 100 bytes each while they are put in order."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What units did, and what the notes say."""

    outcome: Outcome
    left_out: int
    """Matching events that belong to no unit."""
    doubtful: tuple[Step, ...]
    """Steps that no row matched, whose names may be known to nobody."""


def counted(scope: Scope, rules: Rules, *, unit: str, by: tuple[str, ...], attribution: str) -> Counted:
    """Find what every unit did: all at once, or slice by slice where there are very many events."""
    parts = [
        part
        for piece in _slices(scope, rules, plain=unit == "user" and not by)
        for part in _parts(piece, rules, unit=unit, by=by, attribution=attribution)
    ]
    return parts[0] if len(parts) == 1 else _joined(parts, scope)


def _parts(scope: Scope, rules: Rules, *, unit: str, by: tuple[str, ...], attribution: str) -> list[Counted]:
    last = None if scope.asked.end is None else micros(scope.asked.end)
    seen = None if scope.observed_until is None else micros(scope.observed_until)

    def count(events: FunnelEvents) -> Counted:
        found = as_seen(events, rules, end=last)
        outcome = outcome_of(found, rules, attribution=attribution, observed_until=seen)
        return Counted(outcome, found.left_out, found.doubtful)

    return fetch_events(scope, rules, unit=unit, by=by, work=count)


def _slices(scope: Scope, rules: Rules, *, plain: bool) -> list[Scope]:
    """Cut the table by person, so that nobody is in two slices; each slice reads the files again."""
    pair = key_pair(scope.table, scope.who)
    if not plain or pair is None or scope.events <= ROWS_AT_ONCE:
        return [scope]
    number = -(-_matching(scope, rules) // ROWS_AT_ONCE)
    key = (pair[0] % number).fill_null(0)  # events of nobody are counted with the first
    return [replace(scope, table=scope.table.filter(key == place)) for place in range(number)] or [scope]


def _matching(scope: Scope, rules: Rules) -> int:
    """Count the events that can be a step or exclude; all of them where others matter as well."""
    steps = [*rules.steps, *rules.excluding]
    if rules.order == "strict" or rules.sessions is not None or not all(step.events for step in steps):
        return scope.events
    names = sorted({name for step in steps for name in step.events})
    return int(to_arrow(scope.table.filter(place_in(scope.table, "event", names) > 0).count()).as_py())


def _joined(parts: Sequence[Counted], scope: Scope) -> Counted:
    outcomes = [part.outcome for part in parts]
    units = np.arange(sum(one.reached.shape[1] for one in outcomes))
    reached, time = _side_by_side(outcomes, len(units))
    joined = Outcome(
        reached=reached,
        time=time,
        person=joined_numbers([one.person for one in outcomes], [one.people.num_rows for one in outcomes]),
        people=joined_names([one.people for one in outcomes], scope.table),
        open=np.concatenate([one.open for one in outcomes]),
        unit_of=units,
        group_of=np.zeros_like(units),
        groups=outcomes[0].groups,
    )
    nowhere = [step for step in parts[0].doubtful if all(step in part.doubtful for part in parts)]
    return Counted(joined, sum(part.left_out for part in parts), tuple(nowhere))


def _side_by_side(outcomes: Sequence[Outcome], units: int) -> tuple[Flags, Codes]:
    """Give who reached which step, and when; nothing is written for who did not, and most memory is never touched."""
    reached = np.zeros((len(outcomes[0].reached), units), dtype=bool)
    time = np.zeros(reached.shape, dtype=np.int64)
    begin = 0
    for one in outcomes:
        for step, there in enumerate(one.reached):
            found = np.flatnonzero(there)
            reached[step, found + begin] = True
            time[step, found + begin] = one.time[step].take(found)
        begin += one.reached.shape[1]
    return reached, time
