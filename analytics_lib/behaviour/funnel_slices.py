"""A funnel over more events than fit in memory comfortably: people by people, in slices."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analytics_lib.behaviour.dialect_events import as_seen
from analytics_lib.behaviour.funnel_counted import Counted, joined
from analytics_lib.behaviour.funnel_events import FunnelEvents
from analytics_lib.behaviour.funnel_fetch import fetch_events
from analytics_lib.behaviour.funnel_outcome import outcome_of
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_stages import in_stages
from analytics_lib.behaviour.scope import Scope
from analytics_lib.engine.keys import key_pair
from analytics_lib.engine.places import place_in
from analytics_lib.engine.tables import to_arrow
from analytics_lib.engine.times import micros

ROWS_AT_ONCE: Final = 10_000_000
"""Events of one slice, more or less: some 100 bytes each while they are put in order."""


def counted(scope: Scope, rules: Rules, *, unit: str, by: tuple[str, ...], attribution: str) -> Counted:
    """Find what every unit did: all at once, or slice by slice where there are very many events."""
    parts = [
        part
        for piece in _slices(scope, rules, plain=unit == "user" and not by)
        for part in _parts(piece, rules, unit=unit, by=by, attribution=attribution)
    ]
    return parts[0] if len(parts) == 1 else joined(parts, scope.table)


def _parts(scope: Scope, rules: Rules, *, unit: str, by: tuple[str, ...], attribution: str) -> list[Counted]:
    last = None if scope.asked.end is None else micros(scope.asked.end)
    seen = None if scope.observed_until is None else micros(scope.observed_until)

    def count(events: FunnelEvents, rules: Rules) -> Counted:
        found = as_seen(events, rules, end=last)
        outcome = outcome_of(found, rules, attribution=attribution, observed_until=seen)
        return Counted(outcome, found.left_out, found.doubtful)

    return fetch_events(scope, rules, unit=unit, by=by, ask=lambda rows: in_stages(rows, rules, count))


def _slices(scope: Scope, rules: Rules, *, plain: bool) -> list[Scope]:
    """Cut the table by person, so that nobody is in two slices; each slice reads the files again."""
    pair = key_pair(scope.table, scope.who)
    if not plain or pair is None or scope.events <= ROWS_AT_ONCE:
        return [scope]
    number = max(-(-_matching(scope, rules) // ROWS_AT_ONCE), 1)  # one where nothing matches
    key = (pair[0] % number).fill_null(0)  # events of nobody are counted with the first
    return [replace(scope, table=scope.table.filter(key == place)) for place in range(number)]


def _matching(scope: Scope, rules: Rules) -> int:
    """Count the events that can be a step or exclude; all of them where others matter as well."""
    steps = [*rules.steps, *rules.excluding]
    if rules.order == "strict" or rules.sessions is not None or not all(step.events for step in steps):
        return scope.events
    names = sorted({name for step in steps for name in step.events})
    return int(to_arrow(scope.table.filter(place_in(scope.table, "event", names) > 0).count()).as_py())
