"""Fetch the events of sessions as arrays, ordered by session and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import ibis
import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Coded, Codes, encode, sort_order
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_pass import session_numbers
from analytics_lib.engine.tables import Table, to_arrow


@dataclass(frozen=True, slots=True)
class SessionEvents:
    """Events of sessions, ordered by session and time."""

    session: Codes
    """Number of the session, from 0 without gaps."""
    time: Codes
    """Microseconds since 1970."""
    view: Flags
    """Whether the event looks at a page."""
    engagement: Flags
    """Whether the event does something."""
    url: Codes
    """Number of the event's page; −1 = none."""
    urls: pa.ChunkedArray
    """Address of each page."""
    origin: Codes
    """Row of `owners` that tells whose each session is."""
    owners: pa.Table
    """Tenant, user and sent session of each row as fetched: most are never looked at."""
    views_known: bool
    """Whether the table has any view event."""
    left_out: int
    """Events that belong to no session."""

    @property
    def first(self) -> Codes:
        """Position of the first event of each session."""
        return _changes(self.session)

    def owners_of(self, sessions: Codes) -> pa.Table:
        """Give the owner and sent id of some sessions: tenant, user, session."""
        return self.owners.take(pa.array(self.origin[sessions]))


def fetch_sessions(
    scope: Scope, *, gap: timedelta, maximum: timedelta, view: Sequence[str], engagement: Sequence[str]
) -> SessionEvents:
    """Run the one query of sessions and cut the histories."""
    rows = to_arrow(_reduced(scope.table, scope.who, view, engagement))
    time = rows["_micros"].to_numpy()
    numbers = numbers_of(rows, scope.who, gap=gap, maximum=maximum)
    inside = np.flatnonzero(numbers >= 0)
    order = inside[sort_order(numbers[inside], time[inside])]
    pages = encode(rows, ["url"]) if "url" in rows.column_names else _no_pages(rows)
    flags = rows["_flags"].to_numpy()
    owners = [name for name in (*scope.who, "session_id") if name in rows.column_names]
    new = numbers[order]
    return SessionEvents(
        session=np.cumsum(np.append(False, new[1:] != new[:-1])) if len(new) else new,
        time=time[order],
        view=(flags & 1 > 0)[order],
        engagement=(flags & 2 > 0)[order],
        url=pages.codes[order],
        urls=pages.keys["url"],
        origin=order[_changes(new)],
        owners=rows.select(owners),
        views_known=bool((flags & 1).any()),
        left_out=int((numbers < 0).sum()),
    )


def numbers_of(rows: pa.Table, who: Sequence[str], *, gap: timedelta, maximum: timedelta) -> Codes:
    """Give the number of each fetched event's session; −1 = none. Rows have who, ``_micros``, maybe ``session_id``."""
    one = timedelta(microseconds=1)
    owner = [name for name in who if name != "user_id"]
    if "session_id" in rows.column_names:
        given = encode(rows, [*owner, "session_id"]).codes
    else:
        given = np.full(rows.num_rows, -1, dtype=np.int64)
    person = encode(rows, list(who)).codes
    return session_numbers(person, given, rows["_micros"].to_numpy(), gap=gap // one, maximum=maximum // one)


def _reduced(table: Table, who: Sequence[str], view: Sequence[str], engagement: Sequence[str]) -> Table:
    flags = ibis.literal(0, "int8")
    if "event" in table.columns:
        looks, does = (table.event.isin(list(kind)).fill_null(False) for kind in (view, engagement))  # noqa: FBT003
        flags = looks.ifelse(1, 0) + does.ifelse(2, 0)
    kept = [name for name in (*who, "session_id", "url") if name in table.columns]
    return table.mutate(_flags=flags.cast("int8")).select(*kept, "_micros", "_flags")


def _changes(numbers: Codes) -> Codes:
    """Give the first position of each run of equal numbers."""
    return np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1])) if len(numbers) else numbers


def _no_pages(rows: pa.Table) -> Coded:
    return Coded(np.full(rows.num_rows, -1, dtype=np.int64), pa.table({"url": pa.array([], pa.string())}))
