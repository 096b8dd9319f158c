"""What was known at a moment: membership is asked as of a time, so that history is not rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis

from analytics_lib.behaviour.scope import Scope, open_scope
from analytics_lib.engine.tables import AnyTable, Table
from analytics_lib.engine.times import from_micros, micros
from analytics_lib.periods import Moment, moment


@dataclass(frozen=True, slots=True)
class Past:
    """All that was known at a moment."""

    table: Table
    """Events before it, with ``_micros`` and a user."""
    who: tuple[str, ...]
    """Columns that name a person."""
    as_of: datetime
    """The moment; events at it are not known yet."""

    def everyone(self) -> Table:
        """Give all people with an event."""
        return self.table.select(*self.who).distinct()

    def since(self, within: timedelta | None) -> Table:
        """Give the events of the last stretch."""
        if within is None:
            return self.table
        return self.table.filter(self.table["_micros"] >= ibis.literal(micros(self.as_of - within), "int64"))


def open_past(events: AnyTable, columns: Iterable[str], *, as_of: Moment | None, analysis: str) -> tuple[Past, Scope]:
    """Give what was known at a moment (default: just after the newest event), and the scope it is taken from.

    A date alone is its midnight, before anything of that day.
    """
    scope = open_scope(events, list(dict.fromkeys(["user_id", "event_time", *columns])), analysis=analysis)
    newest = from_micros(0) if scope.newest is None else scope.newest + timedelta(microseconds=1)
    when = newest if as_of is None else moment("as_of", as_of)
    table = scope.table.filter((scope.table["_micros"] < micros(when)) & scope.table.user_id.notnull())
    return Past(table, scope.who, when), scope
