"""Fetch what retention needs: who started when, and who came back when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes, distinct, ranked
from analytics_lib.behaviour.fields import column_of, field
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.funnel_steps import Step
from analytics_lib.behaviour.identities import fetch_numbered
from analytics_lib.behaviour.retention_pass import Members, Returns
from analytics_lib.behaviour.retention_rules import RetentionRules
from analytics_lib.behaviour.scope import Scope
from analytics_lib.engine.tables import Table
from analytics_lib.engine.times import micros
from analytics_lib.periods import bucket_edges

_START, _RETURN, _NAMED = 1, 2, 4
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class RetentionEvents:
    """Everything the pass and the table of retention need."""

    members: Members
    returns_source: Callable[[], Returns]
    """Gives who came back when."""
    edges: list[datetime]
    """Edges of the cohorts' buckets."""
    people: pa.Table
    """Who each person is; number `person // groups` of members and returns."""
    groups: pa.Table
    """The `by` values of each group."""
    unknown: int
    """Events of nobody among those that were asked for."""
    counted: Callable[[int, int], Codes] | None = None
    """Counts who came back *on* each period, by cohort, without listing every return; None = it can't."""

    @cached_property
    def returns(self) -> Returns:
        """When people came back, listed when first asked for."""
        return self.returns_source()

    def person_of(self, members: Members) -> Codes:
        """Give the number of each member's person, without the group."""
        return members.person // self.groups.num_rows


def needed_columns(rules: RetentionRules, by: Sequence[str]) -> list[str]:
    """Give the table columns retention looks at."""
    looked_at = [column for step in rules.steps for column in step.columns]
    return list(dict.fromkeys(["user_id", "event_time", *looked_at, *(column_of(name) for name in by)]))


def fetch_retention(scope: Scope, rules: RetentionRules, *, by: Sequence[str], week_start: str) -> RetentionEvents:
    """Run the one query of retention and find cohorts and returns."""
    who = {"person": list(scope.who)}
    rows, numbers = fetch_numbered(scope.table, who, lambda keys: _reduced(scope, rules, by, keys))
    time, flags, people = rows["_micros"].to_numpy(), rows["_flags"].to_numpy(), numbers["person"]
    groups = ranked(rows, [f"_by_{place}" for place in range(len(by))]) if by else None
    group = np.zeros(len(time), dtype=np.int64) if groups is None else groups.codes
    edges, whole = calendar_edges(scope, rules, week_start)
    buckets = _Buckets(edges, whole, time)
    members = _members(scope, rules, buckets, _Rows(people.codes, time, flags, group))
    count = 1 if groups is None else groups.count
    shared = rules.value_from == "both"
    owner = people.codes * count + (group if shared else 0)
    coming = np.flatnonzero((flags & _RETURN > 0) & (people.codes >= 0))
    at = time if rules.rolling else buckets.number
    return RetentionEvents(
        members=Members(
            members.person * count + (members.group if shared else 0), members.cohort, members.anchor, members.group
        ),
        returns_source=lambda: _distinct(owner[coming], at[coming]),
        edges=edges,
        people=people.keys,
        groups=pa.table({"_": [0]}) if groups is None else groups.keys.rename_columns(list(by)),
        unknown=int((people.codes < 0).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    person: Codes
    time: Codes
    flags: Codes
    group: Codes


class _Buckets:
    """Numbers of calendar buckets; bucket 0 is the first cohort, earlier ones are negative."""

    def __init__(self, edges: list[datetime], whole: list[datetime], time: Codes) -> None:
        self.count = max(len(edges) - 1, 0)
        self.number = bucket_numbers(time, whole) - whole.index(edges[0]) if whole else np.full(len(time), -1)


def calendar_edges(scope: Scope, rules: RetentionRules, week_start: str) -> tuple[list[datetime], list[datetime]]:
    """Give the edges of the cohorts' buckets, and of all buckets from the first to the last event."""
    edges = scope.edges(rules.grain, week_start=week_start)
    if not edges or scope.first is None or scope.newest is None:
        return edges, []
    last = max(scope.newest + timedelta(microseconds=1), edges[-1])
    calendar = {"time_zone": scope.time_zone, "week_start": week_start}
    return edges, bucket_edges(min(scope.first, edges[0]), last, rules.grain, **calendar)


def bucket_numbers(time: Codes, edges: Sequence[datetime]) -> Codes:
    """Give the number of the bucket ``[edges[i], edges[i+1])`` of each moment (microseconds)."""
    marks = np.array([micros(edge) for edge in edges])
    widths = np.diff(marks)
    if len(widths) and (widths == widths[0]).all():
        return (time - marks[0]) // widths[0]
    return np.searchsorted(marks, time, side="right") - 1


def _reduced(scope: Scope, rules: RetentionRules, by: Sequence[str], keys: Mapping[str, Any]) -> Table:
    """Give the query: rows that start or return, and only the columns the pass reads."""
    table = scope.table
    flags = _flag(table, rules.start_event, _START) + _flag(table, rules.return_event, _RETURN)
    if rules.cohort == "first_ever" and rules.start_event is not None and rules.start_event.where:
        flags = flags + _flag(table, named_event(rules), _NAMED)
    columns: dict[str, Any] = {"_flags": flags.cast("int32")}
    columns |= {f"_by_{place}": field(table, name, analysis="retention") for place, name in enumerate(by)}
    found = table.select(**keys, _micros=table["_micros"], **columns)
    return found if rules.start_event is None or rules.return_event is None else found.filter(found["_flags"] != 0)


def named_event(rules: RetentionRules) -> Step | None:
    """Give the start event without its conditions; None = any event."""
    return Step(rules.start_event.events) if rules.start_event is not None and rules.start_event.events else None


def _flag(table: Table, step: Step | None, value: int) -> Any:
    import ibis

    return ibis.literal(value, "int32") if step is None else step.matches(table).ifelse(value, 0).cast("int32")


def _members(scope: Scope, rules: RetentionRules, buckets: _Buckets, rows: _Rows) -> Members:
    """Find who is in which cohort, with the start event that put them there."""
    starting = (rows.flags & _START > 0) & (rows.person >= 0)
    inside = starting & (buckets.number >= 0) & (buckets.number < buckets.count) & within(scope, rows.time)
    if rules.cohort == "recurring":
        chosen = np.flatnonzero(inside)
        key = rows.person[chosen] * max(buckets.count, 1) + buckets.number[chosen]
    else:
        history = {"first_in_range": inside, "first_matching": starting, "first_ever": _named(rules, rows, starting)}
        first = _first_times(rows, np.flatnonzero(history[rules.cohort]))
        chosen = np.flatnonzero(inside & (rows.time == first[rows.person]))
        key = rows.person[chosen]
    order = np.lexsort((rows.group[chosen], rows.time[chosen], key))
    chosen, key = chosen[order], key[order]
    chosen = chosen[np.append(True, key[1:] != key[:-1])] if len(chosen) else chosen
    anchor = rows.time if rules.rolling else buckets.number
    return Members(rows.person[chosen], buckets.number[chosen], anchor[chosen], rows.group[chosen])


def _named(rules: RetentionRules, rows: _Rows, starting: Flags) -> Flags:
    conditions = rules.start_event is not None and bool(rules.start_event.where)
    return (rows.flags & _NAMED > 0) if conditions else starting


def _first_times(rows: _Rows, which: Codes) -> Codes:
    first = np.full(int(rows.person.max(initial=-1)) + 2, _NEVER)
    np.minimum.at(first, rows.person[which], rows.time[which])
    return first


def within(scope: Scope, time: Codes) -> Flags:
    """Tell which moments lie in the asked range."""
    asked = np.ones(len(time), dtype=bool)
    if scope.asked.start is not None:
        asked &= time >= micros(scope.asked.start)
    if scope.asked.end is not None:
        asked &= time < micros(scope.asked.end)
    return asked


def _distinct(person: Codes, at: Codes) -> Returns:
    """Keep each moment of a person once, in order."""
    if not len(person):
        return Returns(person, at)
    low, width = int(at.min()), int(at.max() - at.min()).bit_length()
    if width + int(person.max()).bit_length() <= 62:
        keys = distinct((person << width) | (at - low))
        return Returns(keys >> width, (keys & ((1 << width) - 1)) + low)
    order = np.lexsort((at, person))
    person, at = person[order], at[order]
    new = np.append(True, (person[1:] != person[:-1]) | (at[1:] != at[:-1]))
    return Returns(person[new], at[new])
