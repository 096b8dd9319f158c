"""The events of a funnel as arrays in order of unit and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Coded, Codes, numbered, ranked
from analytics_lib.behaviour.funnel_clock import SessionClock, session_clock
from analytics_lib.behaviour.funnel_excluders import Excluders
from analytics_lib.behaviour.funnel_marks import FIRST_NAME, STEP_BITS, excludes, looked_at
from analytics_lib.behaviour.funnel_pass import Flags, Histories
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.behaviour.funnel_useful import useful
from analytics_lib.behaviour.row_order import sort_order, sorted_rows
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_pass import session_numbers
from analytics_lib.engine.times import micros

_GAP, _MAXIMUM = 30 * 60 * 1_000_000, 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class FunnelEvents:
    """Everything the passes and the tables of a funnel need, and nothing else."""

    histories: Histories
    excluders: tuple[Excluders, ...]
    """Events that exclude, those between the same steps together."""
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
    doubtful: tuple[Step, ...]
    """Steps that no row matched, whose names may be known to nobody."""
    clock: SessionClock | None = None
    """What the window measures, where it counts sessions."""


def events_of(
    rows: pa.Table, numbers: dict[str, Coded], mask: Codes, scope: Scope, rules: Rules, *, unit: str,
    by: tuple[str, ...],
) -> FunnelEvents:  # fmt: skip
    """Put the rows of some people in order, and give what the passes of a funnel need.

    Parameters
    ----------
    mask
        Which steps each row can be, and between which it excludes, as bits.
    """
    people = numbers["person"]
    arrays = _arrays(rows, numbers, mask, scope, rules, unit=unit, by=by)
    kept = _kept(arrays, rules)
    return FunnelEvents(
        histories=_histories(kept, scope, rules),
        excluders=tuple(_excluders(arrays, rules)),
        person=kept.person,
        people=people.keys,
        value=kept.value,
        groups=arrays.groups.rename_columns(list(by)) if by else arrays.groups,
        left_out=int(((arrays.unit < 0) & (arrays.mask & STEP_BITS > 0)).sum()),
        doubtful=doubtful(rules, arrays.mask),
        clock=arrays.sessions,
    )


def _excluders(rows: _Arrays, rules: Rules) -> Iterator[Excluders]:
    """Give the events that exclude in order, those between the same steps together."""
    for number, (after, before) in enumerate(rules.spans):
        found = np.flatnonzero((rows.mask & excludes(number) > 0) & (rows.unit >= 0))
        found = found[sort_order(rows.unit[found], rows.time[found])]
        yield Excluders(rows.unit[found], rows.time[found], after, before)


def doubtful(rules: Rules, mask: Codes) -> tuple[Step, ...]:
    """Give the steps whose names no row has shown to exist."""
    seen = int(np.bitwise_or.reduce(mask)) if len(mask) else 0
    return tuple(step for step, bit in looked_at(rules) if not seen & bit or len(step.events) > 1)


@dataclass(frozen=True, slots=True)
class _Arrays:
    """The fetched columns as numbers, row by row."""

    unit: Codes
    segment: Codes
    """Unit, or unit and held value."""
    person: Codes
    time: Codes
    clock: Codes
    mask: Codes
    value: Codes
    held: Codes | None
    first: Codes | None
    """When the row's person did step 1 for the first time, where that is asked for."""
    groups: pa.Table
    sessions: SessionClock | None = None


def _arrays(
    rows: pa.Table, numbers: dict[str, Coded], mask: Codes, scope: Scope, rules: Rules, *, unit: str,
    by: tuple[str, ...],
) -> _Arrays:  # fmt: skip
    person, time = numbers["person"].codes, rows["_micros"].to_numpy()
    sessions = person
    if unit == "session" or rules.sessions is not None:
        sent = numbers["sent"].codes if "sent" in numbers else np.full(len(time), -1, dtype=np.int64)
        sessions = session_numbers(person, sent, time, gap=_GAP, maximum=_MAXIMUM)
    units = {"user": person, "session": sessions}.get(unit)
    units = numbers["unit"].codes if units is None else units
    values = ranked(rows, [f"_by_{number}" for number in range(len(by))]) if by else _one_group(rows)
    held = _held(rows, rules)
    apart = held is None or rules.order == "strict"
    ticks = None if rules.sessions is None else session_clock(units, sessions, time)
    return _Arrays(
        unit=units,
        segment=units if apart or held is None else _pairs(units, held),
        person=person,
        time=time,
        clock=time if ticks is None else ticks.read(units, time),
        mask=mask,
        value=values.codes,
        held=held,
        first=None if rules.first_ever is None else _first_times(rules, numbers["person"], time, mask),
        groups=values.keys,
        sessions=ticks,
    )


def _kept(rows: _Arrays, rules: Rules) -> _Arrays:
    """Give the rows that stand in histories, in order."""
    keep = rows.unit >= 0
    if rules.order != "strict":  # there every event stands between others, whatever it is
        keep &= (rows.mask & STEP_BITS) > 0
        keep &= rows.segment >= 0
    chosen = rows if keep.all() else _taken(rows, np.flatnonzero(keep))
    some = useful(chosen.segment, chosen.mask & STEP_BITS, rules)
    chosen = chosen if some is None else _taken(chosen, np.flatnonzero(some))
    steps = chosen.mask & STEP_BITS
    ties = (steps & -steps, steps)  # what can be an earlier step first
    plain = chosen.segment is chosen.person and chosen.clock is chosen.time and not len(chosen.groups.column_names) > 1
    if plain and chosen.groups.column_names == ["_"] and chosen.held is None and chosen.first is None:
        order, unit, time = sorted_rows(chosen.segment, chosen.time, *ties)
        nothing = np.zeros(len(unit), dtype=np.int64)
        return _Arrays(unit, unit, unit, time, time, steps.take(order), nothing, None, None, chosen.groups)
    order = sort_order(chosen.segment, chosen.time, *ties, chosen.value)
    return _taken(chosen, order)


def _taken(rows: _Arrays, at: Codes) -> _Arrays:
    """Give some rows; what is the same column stays the same column."""
    person, time = rows.person.take(at), rows.time.take(at)
    unit = person if rows.unit is rows.person else rows.unit.take(at)
    return _Arrays(
        unit=unit,
        segment=unit if rows.segment is rows.unit else rows.segment.take(at),
        person=person,
        time=time,
        clock=time if rows.clock is rows.time else rows.clock.take(at),
        mask=rows.mask.take(at),
        value=rows.value.take(at),
        held=None if rows.held is None else rows.held.take(at),
        first=None if rows.first is None else rows.first.take(at),
        groups=rows.groups,
    )


def _histories(rows: _Arrays, scope: Scope, rules: Rules) -> Histories:
    candidate = _candidates(scope, rules, rows.time, rows.mask)
    if rows.first is not None:
        candidate &= rows.first == rows.time
    if rows.held is not None:
        candidate &= rows.held >= 0
    return Histories(
        segment=rows.segment,
        unit=rows.unit,
        time=rows.time,
        clock=rows.clock,
        matches=rows.mask & STEP_BITS,
        candidate=candidate,
        held=rows.held if rules.order == "strict" else None,
    )


def _one_group(rows: pa.Table) -> Coded:
    return Coded(np.zeros(rows.num_rows, dtype=np.int64), pa.table({"_": [0]}))


def _candidates(scope: Scope, rules: Rules, time: Codes, mask: Codes) -> Flags:
    """Tell which events may be an entry by what they are and when they happened."""
    entry = mask & sum(1 << step for step in rules.blocks[0]) > 0
    if scope.asked.start is not None:
        entry &= time >= micros(scope.asked.start)
    if scope.asked.end is not None:
        entry &= time < micros(scope.asked.end)
    return entry


def _first_times(rules: Rules, people: Coded, time: Codes, mask: Codes) -> Codes:
    """Give, for each row, when its person did step 1 for the first time ever; a huge number for nobody."""
    did = (mask & (FIRST_NAME if rules.first_ever == "event" else 1) > 0) & (people.codes >= 0)
    first = np.full(people.count + 1, np.iinfo(np.int64).max)  # the last place is for people unknown
    np.minimum.at(first, people.codes[did], time[did])
    return first[people.codes]


def _held(rows: pa.Table, rules: Rules) -> Codes | None:
    """Give the held value of each row; −1 where one is missing, which can't be held constant."""
    if not rules.hold_constant:
        return None
    columns = [f"_held_{number}" for number in range(len(rules.hold_constant))]
    held = ranked(rows, columns).codes.copy()
    for column in columns:
        held[rows[column].is_null().to_numpy()] = -1
    return held


def _pairs(unit: Codes, held: Codes) -> Codes:
    """Give a number to each unit and held value that an event has; all that could go together would be too many."""
    known = np.flatnonzero((unit >= 0) & (held >= 0))
    found = np.full(len(unit), -1, dtype=np.int64)
    found[known] = numbered(unit[known] * (int(held.max(initial=0)) + 1) + held[known])[1]
    return found
