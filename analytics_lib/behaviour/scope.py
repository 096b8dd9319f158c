"""What an analysis looks at: a table, who counts as a person, the range, and how far data is complete."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib.checks import names as checked_names
from analytics_lib.engine.keys import PERSON_KEY
from analytics_lib.engine.properties import known
from analytics_lib.engine.provenance import data_version
from analytics_lib.engine.snapshots import asked_once, with_person_key
from analytics_lib.engine.tables import AnyTable, Table, as_table, to_arrow
from analytics_lib.engine.times import epoch_micros
from analytics_lib.errors import ArgumentError
from analytics_lib.periods import Moment, Range, bucket_edges, moment, next_bucket, time_range
from analytics_lib.results import Provenance

_MOST_BUCKETS = 1_000_000


@dataclass(frozen=True, slots=True)
class Scope:
    """One table made ready for an analysis."""

    table: Table
    """Only the needed columns of rows that have a time, and ``_micros``: microseconds since 1970."""
    who: tuple[str, ...]
    """Columns that name a person: tenant (where the table has one) and user."""
    asked: Range
    """Range that was asked for."""
    first: datetime | None
    """Time of the oldest event; None = the table is empty."""
    newest: datetime | None
    """Time of the newest event."""
    observed_until: datetime | None
    """Moment up to which data counts as complete; None = nothing was observed."""
    time_zone: str
    """Zone of calendar buckets."""
    notes: tuple[str, ...]
    """What was left out."""
    events: int = 0
    """How many rows the table has."""

    @property
    def provenance(self) -> Provenance:
        """Where the numbers come from."""
        return Provenance(
            data_version=data_version(self.table),
            start=self.asked.start,
            end=self.asked.end,
            observed_until=self.observed_until,
        )

    def inside(self, table: Table | None = None) -> Table:
        """Give the rows of the asked range."""
        return within_range(self.table if table is None else table, self.asked)

    def people(self, table: Table) -> pa.Table:
        """Give the distinct people of some rows, sorted, as an Arrow table."""
        names = [name for name in ("user_id", "tenant_id") if name in self.who]
        return to_arrow(table.filter(table.user_id.notnull()).select(*names).distinct().order_by(names))

    def people_count(self, table: Table) -> int:
        """Count the distinct people of some rows."""
        distinct = table.filter(table.user_id.notnull()).select(*self.who).distinct()
        return int(to_arrow(distinct.aggregate(users=distinct.count()))["users"][0].as_py())

    def edges(self, grain: str, *, week_start: str = "monday") -> list[datetime]:
        """Give the bucket edges of the whole range: asked for, else from the oldest to the newest event."""
        first = self.asked.start or self.first
        last = self.asked.end or self.newest
        if first is None or last is None:
            return []
        if self.asked.end is None and last == self.newest:
            last += pd.Timedelta(microseconds=1).to_pytimedelta()  # the newest event lies inside
        if last <= first:
            return []
        return bucket_edges(first, last, grain, time_zone=self.time_zone, week_start=week_start)

    def is_complete(self, start: datetime, end: datetime) -> bool:
        """Tell whether ``[start, end)`` was observed, and asked for, as a whole."""
        asked = (self.asked.start is None or start >= self.asked.start) and (
            self.asked.end is None or end <= self.asked.end
        )
        return asked and self.observed_until is not None and end <= self.observed_until


def open_scope(  # the keyword-only arguments are those of every analysis
    events: AnyTable,
    columns: Iterable[str],
    *,
    analysis: str,
    optional: Iterable[str] = (),
    count_unknown: bool = True,
    start: Moment | None = None,
    end: Moment | None = None,
    observed_until: Moment | None = None,
    time_zone: str = "UTC",
) -> Scope:
    """Make a table ready: check columns, keep the needed ones (and the `optional` it has), see what it holds.

    Events of nobody are counted for a note, unless the analysis counts them itself (`count_unknown`).
    """
    asked = time_range(start, end, time_zone=time_zone)
    table = as_table(with_person_key(events) if isinstance(events, ibis.Table) else events, columns, analysis=analysis)
    columns = list(columns)
    _check_names(table, columns, analysis)
    columns = [*columns, *(name for name in optional if name in table.columns)]
    who = ("tenant_id", "user_id") if "tenant_id" in table.columns else ("user_id",)
    kept = dict.fromkeys([*(name for name in (*who, PERSON_KEY) if name in table.columns), *columns])
    unknown = count_unknown and "user_id" in kept
    ask = partial(_facts, table, unknown=unknown)
    facts = asked_once(events, f"facts {unknown}", ask) if isinstance(events, ibis.Table) else ask()
    table = table.select(**{name: known(table[name]) for name in kept}, _micros=epoch_micros(table))
    first, newest = facts["first"], facts["newest"]
    seen = newest if observed_until is None else moment("observed_until", observed_until, time_zone=time_zone, end=True)
    return Scope(
        table=table.filter(table["_micros"].notnull()) if facts["timeless"] else table,
        who=who,
        asked=asked,
        first=first,
        newest=newest,
        observed_until=seen,
        time_zone=time_zone,
        notes=_notes(facts),
        events=facts["events"],
    )


def _check_names(table: Table, columns: Iterable[str], analysis: str) -> None:
    """Refuse events whose names are no texts, before an engine does in its own words."""
    kind = table.schema()["event"] if "event" in columns else None
    if kind is not None and not (kind.is_string() or kind.is_null()):
        fact = f"{analysis} needs names of events as text in 'event', which holds {kind}"
        raise ArgumentError(fact, "Turn them into texts first, for example with .astype(str).")


def within_range(table: Table, asked: Range) -> Table:
    """Give the rows of a half-open range; `table` has ``_micros``."""
    micros = table["_micros"]
    if asked.start is not None:
        table = table.filter(micros >= _literal(asked.start))
    if asked.end is not None:
        table = table.filter(micros < _literal(asked.end))
    return table


def extended(edges: Sequence[datetime], grain: str, steps: int, *, time_zone: str) -> list[datetime]:
    """Give bucket edges with `steps` more buckets before the first."""
    earlier = [next_bucket(edges[0], grain, time_zone=time_zone, steps=-step) for step in range(steps, 0, -1)]
    return [*earlier, *edges]


def bucket_times(edges: Sequence[datetime]) -> pd.Series:
    """Give the bucket starts as a column of aware UTC times."""
    return pd.Series(pd.to_datetime(list(edges[:-1]), utc=True)).astype("datetime64[us, UTC]")


def completeness(scope: Scope, edges: Sequence[datetime]) -> list[bool]:
    """Tell for each bucket whether it was observed as a whole."""
    return [scope.is_complete(begin, end) for begin, end in itertools.pairwise(edges)]


def begun(scope: Scope, edges: Sequence[datetime]) -> list[bool]:
    """Tell for each bucket whether observation has reached it at all."""
    until = scope.observed_until
    return [until is not None and begin <= until for begin in edges[:-1]]


def group_columns(
    by: str | Iterable[str] | None,
    *,
    reserved: Iterable[str] = ("time", "users", "events", "complete"),
) -> tuple[str, ...]:
    """Read the `by` argument: a column, several, or none.

    Raises
    ------
    ArgumentError
        A column would take the name of a result column.
    """
    given = (by,) if isinstance(by, str) else checked_names("by", by)
    hidden = [name for name in given if name in set(reserved)]
    if hidden:
        raise ArgumentError(f"by={hidden[0]!r} would hide a result column", "Split by another column.")
    return given


def _literal(when: datetime) -> object:
    from analytics_lib.engine.times import micros

    return ibis.literal(micros(when), "int64")


def _facts(table: Table, *, unknown: bool) -> dict[str, Any]:
    if PERSON_KEY in table.columns and "day" in table.columns:  # a choice of the lake's columns may be without
        return _stored_facts(table, unknown=unknown)
    when = table.event_time
    sums = {"first": when.min(), "newest": when.max(), "timed": when.count(), "events": table.count()}
    if unknown:
        sums["known"] = table.user_id.count()  # plain counts stand in the files' own statistics; conditions do not
    facts = to_arrow(table.aggregate(**sums)).to_pylist()[0]
    timeless = facts["events"] - facts["timed"]
    nobody = facts["events"] - facts.get("known", facts["events"])
    if timeless and nobody:
        nobody = to_arrow(table.filter(when.notnull() & table.user_id.isnull()).count()).as_py()
    return {**facts, "timeless": timeless, "unknown": nobody}


def _stored_facts(table: Table, *, unknown: bool) -> dict[str, Any]:
    """Tell the same of rows of the lake: all have a time, and days, which are folders, tell which few to look at."""
    sums = {"begin": table.day.min(), "last": table.day.max(), "events": table.count()}
    if unknown:
        sums["known"] = table[PERSON_KEY].count()
    facts = to_arrow(table.aggregate(**sums)).to_pylist()[0]
    days = [facts.pop(name) for name in ("begin", "last")]
    outermost = table.filter(table.day.isin([day for day in days if day is not None])) if facts["events"] else table
    edges = outermost.aggregate(first=outermost.event_time.min(), newest=outermost.event_time.max())
    nobody = facts["events"] - facts.pop("known", facts["events"])
    return {**facts, **to_arrow(edges).to_pylist()[0], "timeless": 0, "unknown": nobody}


def _notes(facts: dict[str, Any]) -> tuple[str, ...]:
    notes = []
    if facts["first"] is None:
        notes.append("The table holds no events.")
    notes.extend(unknown_people(facts["unknown"]))
    if facts["timeless"]:
        notes.append(f"{facts['timeless']:,} events without an event_time are left out.")
    return tuple(notes)


def unknown_people(events: int) -> tuple[str, ...]:
    """Say how many events are nobody's; nothing if there are none."""
    return (f"{events:,} events without a user_id count as events, not as people.",) if events else ()
