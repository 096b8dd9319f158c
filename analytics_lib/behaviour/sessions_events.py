"""Fetch the events of sessions as arrays, ordered by session and time; names are read when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.behaviour.codes import Coded, Codes, encode
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.behaviour.identities import fetch_parts, joined_names
from analytics_lib.behaviour.parts import joined_numbers
from analytics_lib.behaviour.scope import Scope
from analytics_lib.behaviour.sessions_pass import ordered_sessions, session_numbers
from analytics_lib.engine.tables import Table

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SessionEvents:
    """Events of sessions, ordered by session and time."""

    session: Codes
    """Number of the session, from 0 without gaps."""
    first: Codes
    """Position of the first event of each session."""
    time: Codes
    """Microseconds since 1970."""
    view: Flags
    """Whether the event looks at a page."""
    engagement: Flags
    """Whether the event does something."""
    url: Codes
    """Number of the event's page; −1 = none."""
    urls: pa.Table
    """Address of each page."""
    person: Codes
    """Person of each session; −1 = unknown."""
    people: pa.Table
    """Who each person is."""
    sent: Codes
    """Sent id of each session; −1 = made by us."""
    ids: pa.Table | None
    """The sent ids and whose they are; None where none are sent."""
    views_known: bool
    """Whether the table has any view event."""
    left_out: int
    """Events that belong to no session."""

    @property
    def last(self) -> Codes:
        """Position of the last event of each session."""
        return np.append(self.first[1:], len(self.session)) - 1 if len(self.first) else self.first

    def owners_of(self, sessions: Codes) -> pa.Table:
        """Read the owner and sent id of some sessions: tenant where there is one, user, session."""
        owners = _named(self.people, self.person[sessions])
        if self.ids is None:
            return owners
        ids = _named(self.ids, self.sent[sessions])
        if "tenant_id" in owners.column_names:  # a sent session of nobody still has a tenant
            tenant = pc.coalesce(owners["tenant_id"], ids["tenant_id"])
            owners = owners.set_column(owners.column_names.index("tenant_id"), "tenant_id", tenant)
        return owners.append_column("session_id", ids["session_id"])


@dataclass(frozen=True)
class SessionParts:
    """Events of sessions, each person's in one part."""

    parts: tuple[SessionEvents, ...]
    scope: Scope

    @cached_property
    def whole(self) -> SessionEvents:
        """All parts together: sessions of one part follow those of the part before."""
        return self.parts[0] if len(self.parts) == 1 else _joined(self.parts, self.scope)

    @property
    def left_out(self) -> int:
        """Events that belong to no session."""
        return sum(part.left_out for part in self.parts)


def fetch_sessions(
    scope: Scope, *, gap: timedelta, maximum: timedelta, view: Sequence[str], engagement: Sequence[str]
) -> SessionParts:
    """Run the one query of sessions and cut the histories."""
    limits = {"gap": gap // _MICROSECOND, "maximum": maximum // _MICROSECOND}
    parts = fetch_parts(
        scope.table,
        _names(scope),
        lambda keys: _reduced(scope.table, view, engagement, keys),
        lambda rows, numbers: _sessions(rows, numbers, limits),
        cut_by="person",
    )
    return SessionParts(tuple(parts), scope)


def _sessions(rows: pa.Table, numbers: Mapping[str, Coded], limits: Mapping[str, int]) -> SessionEvents:
    time, flags, people = rows["_micros"].to_numpy(), rows["_flags"].to_numpy(), numbers["person"]
    given = numbers["sent"].codes if "sent" in numbers else None
    order, session = ordered_sessions(people.codes, given, time, **limits)
    first = _changes(session)
    pages = numbers.get("page") or _no_pages(len(time))
    flags = flags[order]
    return SessionEvents(
        session=session,
        first=first,
        time=time[order],
        view=flags & 1 > 0,
        engagement=flags & 2 > 0,
        url=pages.codes[order],
        urls=pages.keys,
        person=people.codes[order[first]],
        people=people.keys,
        sent=np.full(len(first), -1) if given is None else given[order[first]],
        ids=numbers["sent"].keys if "sent" in numbers else None,
        views_known=bool((rows["_flags"].to_numpy() & 1).any()),
        left_out=len(time) - len(order),
    )


def _joined(parts: Sequence[SessionEvents], scope: Scope) -> SessionEvents:
    sent = [part.ids for part in parts if part.ids is not None]
    return SessionEvents(
        session=joined_numbers([part.session for part in parts], [len(part.first) for part in parts]),
        first=joined_numbers([part.first for part in parts], [len(part.session) for part in parts]),
        time=np.concatenate([part.time for part in parts]),
        view=np.concatenate([part.view for part in parts]),
        engagement=np.concatenate([part.engagement for part in parts]),
        url=joined_numbers([part.url for part in parts], [part.urls.num_rows for part in parts]),
        urls=joined_names([part.urls for part in parts], scope.table),
        person=joined_numbers([part.person for part in parts], [part.people.num_rows for part in parts]),
        people=joined_names([part.people for part in parts], scope.table),
        sent=joined_numbers([part.sent for part in parts], [one.num_rows for one in sent] or [0] * len(parts)),
        ids=joined_names(sent, scope.table) if sent else None,
        views_known=any(part.views_known for part in parts),
        left_out=sum(part.left_out for part in parts),
    )


def _names(scope: Scope) -> Mapping[str, Sequence[str]]:
    owner = [name for name in scope.who if name != "user_id"]
    names: dict[str, list[str]] = {"person": list(scope.who)}
    if "session_id" in scope.table.columns:
        names["sent"] = [*owner, "session_id"]
    if "url" in scope.table.columns:
        names["page"] = ["url"]
    return names


def numbers_of(rows: pa.Table, who: Sequence[str], *, gap: timedelta, maximum: timedelta) -> Codes:
    """Give the number of each fetched event's session; −1 = none. Rows have who, ``_micros``, maybe ``session_id``."""
    owner = [name for name in who if name != "user_id"]
    if "session_id" in rows.column_names:
        given = encode(rows, [*owner, "session_id"]).codes
    else:
        given = np.full(rows.num_rows, -1, dtype=np.int64)
    person, time = encode(rows, list(who)).codes, rows["_micros"].to_numpy()
    return session_numbers(person, given, time, gap=gap // _MICROSECOND, maximum=maximum // _MICROSECOND)


def _reduced(table: Table, view: Sequence[str], engagement: Sequence[str], keys: Mapping[str, Any]) -> Table:
    flags = ibis.literal(0, "int8")
    if "event" in table.columns:
        looks, does = (table.event.isin(list(kind)).fill_null(False) for kind in (view, engagement))  # noqa: FBT003
        flags = looks.ifelse(1, 0) + does.ifelse(2, 0)
    return table.select(**keys, _micros=table["_micros"], _flags=flags.cast("int8"))


def _changes(numbers: Codes) -> Codes:
    """Give the first position of each run of equal numbers."""
    return np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1])) if len(numbers) else numbers


def _named(keys: pa.Table, numbers: Codes) -> pa.Table:
    """Read the names of some numbers; null for −1."""
    return keys.take(pa.array(numbers, mask=numbers < 0))


def _no_pages(rows: int) -> Coded:
    return Coded(np.full(rows, -1, dtype=np.int64), pa.table({"url": pa.nulls(0, pa.string())}))
