"""Fetch only the events a funnel needs, as arrays in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Coded, Codes, encode, ranked, sort_order
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.funnel_choice import Excluders
from analytics_lib.behaviour.funnel_pass import Flags, Histories
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_pass import session_numbers
from analytics_lib.engine.tables import Table, to_arrow
from analytics_lib.engine.times import micros

_EXCLUDES: Final = 1 << 29
_FIRST_NAME: Final = 1 << 30
_STEP_BITS: Final = (1 << 20) - 1
_GAP, _MAXIMUM = 30 * 60 * 1_000_000, 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class FunnelEvents:
    """Everything the passes and the tables of a funnel need, and nothing else."""

    histories: Histories
    excluders: Excluders
    person: Codes
    """Person of each event; −1 = unknown."""
    people: pa.Table
    """Who each person is."""
    value: Codes
    """Group of each event."""
    groups: pa.Table
    """The `by` values of each group, in order; the unknown group last."""
    left_out: int
    """Matching events that belong to no unit."""


def needed_columns(rules: Rules, unit: str, by: Iterable[str]) -> list[str]:
    """Give the table columns a funnel looks at."""
    looked_at = [column for step in (*rules.steps, *rules.exclude) for column in step.columns]
    fields = [column_of(name) for name in (*by, *rules.hold_constant)]
    units = [unit] if unit not in {"user", "session"} else []
    return list(dict.fromkeys(["user_id", "event_time", *looked_at, *fields, *units]))


def fetch_events(scope: Scope, rules: Rules, *, unit: str, by: tuple[str, ...]) -> FunnelEvents:
    """Run the one query of a funnel and order what comes back."""
    rows = to_arrow(_reduced(scope, rules, unit, by))
    time = rows["_micros"].to_numpy()
    mask = rows["_mask"].to_numpy().astype(np.int64)
    people = encode(rows, list(scope.who))
    units = _units(rows, people, scope, unit)
    values = ranked(rows, [f"_by_{number}" for number in range(len(by))]) if by else _one_group(rows)
    candidate = _candidates(scope, rules, time, mask) & _first_ever(rules, people, time, mask)
    clock = _session_clock(rows, scope, people, time) if rules.sessions is not None else time
    held, steady = _held(rows, rules)
    kept = (units.codes >= 0) & steady
    if rules.order != "strict":
        kept &= (mask & _STEP_BITS) > 0
    excluding = np.flatnonzero((mask & _EXCLUDES > 0) & (units.codes >= 0))
    excluding = excluding[sort_order(units.codes[excluding], time[excluding])]
    keep = np.flatnonzero(kept)
    segment = units.codes if held is None or rules.order == "strict" else _pairs(units.codes, held)
    steps = mask & _STEP_BITS
    keep = keep[sort_order(segment[keep], time[keep], _lowest_bit(steps[keep]), values.codes[keep])]
    return FunnelEvents(
        histories=Histories(
            segment=segment[keep],
            unit=units.codes[keep],
            time=time[keep],
            clock=_never_falling(segment[keep], clock[keep]) if rules.sessions is not None else clock[keep],
            matches=steps[keep],
            candidate=candidate[keep],
            held=None if held is None or rules.order != "strict" else held[keep],
        ),
        excluders=Excluders(units.codes[excluding], time[excluding]),
        person=people.codes[keep],
        people=people.keys,
        value=values.codes[keep],
        groups=values.keys.rename_columns(list(by)) if by else values.keys,
        left_out=int(((units.codes < 0) & (steps > 0)).sum()),
    )


def _reduced(scope: Scope, rules: Rules, unit: str, by: tuple[str, ...]) -> Table:
    """Give the query: rows that can be a step or exclude, and only the columns the passes read."""
    table = scope.table
    mask = sum((_bit(table, step, 1 << number) for number, step in enumerate(rules.steps)), _nothing())
    for step in rules.exclude:
        mask = mask | _bit(table, step, _EXCLUDES)
    if rules.first_ever == "event":
        mask = mask | _bit(table, Step(rules.steps[0].events), _FIRST_NAME)
    named: dict[str, Any] = {"_mask": mask}
    named |= {f"_by_{number}": field(table, name, analysis="funnel") for number, name in enumerate(by)}
    named |= {f"_held_{number}": field(table, name) for number, name in enumerate(rules.hold_constant)}
    more = [name for name in _unit_columns(scope, rules, unit) if name not in scope.who]
    found = table.mutate(**named).select(*scope.who, *more, "_micros", *named)
    whole = rules.order == "strict" or rules.sessions is not None or _sessions_are_made(scope, unit)
    return found if whole else found.filter(found["_mask"] != 0)


def _bit(table: Table, step: Step, value: int) -> Any:
    return step.matches(table).ifelse(value, 0).cast("int32")


def _nothing() -> Any:
    import ibis

    return ibis.literal(0, "int32")


def _unit_columns(scope: Scope, rules: Rules, unit: str) -> list[str]:
    if unit == "session" or rules.sessions is not None:
        return ["session_id"] if "session_id" in scope.table.columns else []
    return [] if unit == "user" else [unit]


def _sessions_are_made(scope: Scope, unit: str) -> bool:
    """Tell whether some sessions must be found from gaps, for which every event matters."""
    if unit != "session":
        return False
    if "session_id" not in scope.table.columns:
        return True
    missing = scope.table.session_id.isnull() & scope.table.user_id.notnull()
    return bool(to_arrow(scope.table.aggregate(missing=missing.any()))["missing"][0].as_py())


def _units(rows: pa.Table, people: Coded, scope: Scope, unit: str) -> Coded:
    if unit == "user":
        return people
    if unit != "session":
        return encode(rows, [*(name for name in scope.who if name != "user_id"), unit])
    return Coded(_sessions(rows, scope, people), people.keys)


def _one_group(rows: pa.Table) -> Coded:
    return Coded(np.zeros(rows.num_rows, dtype=np.int64), pa.table({"_": [0]}))


def _candidates(scope: Scope, rules: Rules, time: Codes, mask: Codes) -> Flags:
    """Tell which events may be an entry by what they are and when they happened."""
    entry = mask & (_STEP_BITS if rules.order == "any" else 1) > 0
    if scope.asked.start is not None:
        entry &= time >= micros(scope.asked.start)
    if scope.asked.end is not None:
        entry &= time < micros(scope.asked.end)
    return entry


def _first_ever(rules: Rules, people: Coded, time: Codes, mask: Codes) -> Flags:
    """Tell which events happened when their person did step 1 for the first time ever (if that is asked for)."""
    if rules.first_ever is None:
        return np.ones(len(time), dtype=bool)
    did = (mask & (_FIRST_NAME if rules.first_ever == "event" else 1) > 0) & (people.codes >= 0)
    first = np.full(people.count + 1, np.iinfo(np.int64).max)  # the last place is for people unknown
    np.minimum.at(first, people.codes[did], time[did])
    return first[people.codes] == time


def _held(rows: pa.Table, rules: Rules) -> tuple[Codes | None, Flags]:
    """Give the held value of each event; an event without one can't be held constant."""
    steady = np.ones(rows.num_rows, dtype=bool)
    if not rules.hold_constant:
        return None, steady
    columns = [f"_held_{number}" for number in range(len(rules.hold_constant))]
    for column in columns:
        steady &= ~rows[column].is_null().to_numpy()
    if rules.order == "strict":
        steady[:] = True  # every event stands between others, whatever its value
    return ranked(rows, columns).codes, steady


def _pairs(unit: Codes, held: Codes) -> Codes:
    return np.where(unit < 0, -1, unit * (int(held.max(initial=0)) + 1) + held)


def _lowest_bit(steps: Codes) -> Codes:
    return np.bitwise_count((steps & -steps) - 1).astype(np.int64)


def _sessions(rows: pa.Table, scope: Scope, people: Coded) -> Codes:
    """Give the number of each event's session, sent or made."""
    owner = [name for name in scope.who if name != "user_id"]
    sent = "session_id" in rows.column_names
    given = encode(rows, [*owner, "session_id"]).codes if sent else np.full(rows.num_rows, -1, dtype=np.int64)
    return session_numbers(people.codes, given, rows["_micros"].to_numpy(), gap=_GAP, maximum=_MAXIMUM)


def _session_clock(rows: pa.Table, scope: Scope, people: Coded, time: Codes) -> Codes:
    """Give the place of each event's session in its person's life, by the start of the sessions."""
    number = _sessions(rows, scope, people)
    start = np.full(int(number.max(initial=-1)) + 2, np.iinfo(np.int64).max)
    np.minimum.at(start, number, time)
    owner = np.full(len(start), -1, dtype=np.int64)
    owner[number] = people.codes
    order = np.lexsort((start, owner))
    place = np.empty(len(start), dtype=np.int64)
    place[order] = np.arange(len(start))  # within a person, places of sessions follow each other
    return place[number]


def _never_falling(segment: Codes, clock: Codes) -> Codes:
    """Sessions may overlap; a later event never counts to an earlier session."""
    offset = (np.cumsum(np.append(0, segment[1:] != segment[:-1])) if len(segment) else segment) * (
        int(clock.max(initial=0)) + 1
    )
    return np.maximum.accumulate(offset + clock) - offset
