"""Fetch what retention needs as one row per person, where the local engine can put the days together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.behaviour.presence import Presence, fetch_presence, has_presence
from analytics_lib.behaviour.retention_events import (
    RetentionEvents,
    bucket_numbers,
    calendar_edges,
    named_event,
    within,
)
from analytics_lib.behaviour.retention_pass import Members, Returns
from analytics_lib.behaviour.retention_rules import RetentionRules
from analytics_lib.behaviour.scope import Scope
from analytics_lib.engine.bits import NARROW
from analytics_lib.engine.tables import Table
from analytics_lib.engine.times import micros

_NEVER = np.iinfo(np.int64).max


def fits_presence(scope: Scope, rules: RetentionRules, *, by: Sequence[str], week_start: str) -> bool:
    """Tell whether buckets and a first moment per person are all that is asked about."""
    if rules.rolling or rules.cohort == "recurring" or by:
        return False
    return has_presence(scope.table, calendar_edges(scope, rules, week_start)[1])


def fetch_retention_presence(scope: Scope, rules: RetentionRules, *, week_start: str) -> RetentionEvents:
    """Give the same as :func:`~analytics_lib.behaviour.retention_events.fetch_retention`, reduced by the engine."""
    edges, whole = calendar_edges(scope, rules, week_start)
    table = _asked_about(scope.table, rules)
    least = {"_first": _moment(table, _history(scope, rules, table))}
    if _has_conditions(rules):
        least["_start"] = _moment(table, _matches(rules.start_event, table))
    back = None if rules.return_event is None else rules.return_event.matches(table)
    found = fetch_presence(table, scope.who, whole, present=back, least=least)
    zero = whole.index(edges[0])
    members = _members(scope, rules, found, whole, zero)
    return RetentionEvents(
        members=members,
        returns_source=lambda: _returns(found, zero),
        counted=lambda cohorts, periods: _counted(found, members, zero, (cohorts, periods)),
        edges=edges,
        people=found.rows.select(scope.who),
        groups=pa.table({"_": [0]}),
        unknown=found.unknown,
    )


def _returns(found: Presence, zero: int) -> Returns:
    person, bucket = found.moments()
    return Returns(person, bucket - zero)


def _counted(found: Presence, members: Members, zero: int, shape: tuple[int, int]) -> Codes:
    """Count the members of each cohort bucket by bucket, and put each count where its period is."""
    total = np.zeros(shape, dtype=np.int64)
    cohort, everybody = np.arange(shape[0]), members.size == found.count
    for bucket in range(zero, found.words.shape[1] * NARROW):
        period = bucket - zero - cohort
        asked = np.flatnonzero((period >= 0) & (period < shape[1]))
        inside = found.inside(bucket)
        there = members.cohort.compress(inside if everybody else inside.take(members.person))
        total[asked, period[asked]] = np.bincount(there, minlength=shape[0])[asked]
    return total


def _asked_about(table: Table, rules: RetentionRules) -> Table:
    """Leave out the rows that neither start nor return."""
    if rules.start_event is None or rules.return_event is None:
        return table
    asked = rules.start_event.matches(table) | rules.return_event.matches(table)
    return table.filter(asked | _matches(named_event(rules), table)) if _has_conditions(rules) else table.filter(asked)


def _history(scope: Scope, rules: RetentionRules, table: Table) -> Any:
    """Give the condition on the rows of which the earliest puts a person into a cohort."""
    if rules.cohort == "first_ever" and _has_conditions(rules):
        return _matches(named_event(rules), table)
    start = _matches(rules.start_event, table)
    if rules.cohort != "first_in_range":
        return start
    if scope.asked.start is not None:
        start = start & (table["_micros"] >= micros(scope.asked.start))
    return start if scope.asked.end is None else start & (table["_micros"] < micros(scope.asked.end))


def _members(scope: Scope, rules: RetentionRules, found: Presence, whole: Sequence[datetime], zero: int) -> Members:
    first = _times(found, "_first")
    chosen: Flags = (first < _NEVER) & within(scope, first)
    if _has_conditions(rules):
        chosen &= first == _times(found, "_start")
    person = np.flatnonzero(chosen)
    cohort = bucket_numbers(first[person], whole) - zero
    return Members(person, cohort, cohort, np.zeros(len(person), dtype=np.int64))


def _times(found: Presence, name: str) -> Codes:
    return found.rows[name].fill_null(_NEVER).to_numpy()


def _has_conditions(rules: RetentionRules) -> bool:
    return rules.cohort == "first_ever" and rules.start_event is not None and bool(rules.start_event.where)


def _matches(step: Step | None, table: Table) -> Any:
    return ibis.literal(True) if step is None else step.matches(table)  # noqa: FBT003


def _moment(table: Table, condition: Any) -> Any:
    return condition.ifelse(table["_micros"], ibis.null("int64"))
