"""The audit log: append-only, each entry sealed with the digest of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from analytics_lib.state.database import State
from analytics_lib.state.tables import AUDIT

FIRST = "0" * 64
"""What the first entry is chained to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    digest: str


def append_audit(
    state: State, *, at: datetime, actor: str, action: str, subject: str, details: Mapping[str, Any] | None = None
) -> Entry:
    """Add one entry. `details` must hold no personal data: the log outlives an erasure."""
    text = json.dumps(dict(details or {}), sort_keys=True, separators=(",", ":"), default=str)
    with state.engine.begin() as connection:  # the write lock makes read-then-append one step
        newest = connection.execute(select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(1)).first()
        sequence, previous = (newest.sequence + 1, newest.digest) if newest else (1, FIRST)
        digest = _seal(previous, sequence, at, (actor, action, subject, text))
        values = {"actor": actor, "action": action, "subject": subject, "details": text, "previous": previous}
        connection.execute(insert(AUDIT).values(sequence=sequence, at=at, digest=digest, **values))
    return Entry(sequence, at, actor, action, subject, dict(details or {}), digest)


def read_audit(state: State, *, limit: int = 100) -> list[Entry]:
    """Give the newest entries first."""
    with state.engine.begin() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(limit)).all()
    return [_entry(row) for row in rows]


def broken_entry(state: State) -> int | None:
    """Give the number of the first entry that was changed, removed or slipped in; None when all hold."""
    expected, previous = 1, FIRST
    with state.engine.begin() as connection:
        for row in connection.execute(select(AUDIT).order_by(AUDIT.c.sequence)):
            sealed = _seal(previous, row.sequence, row.at, (row.actor, row.action, row.subject, row.details))
            if row.sequence != expected or row.previous != previous or row.digest != sealed:
                return expected
            expected, previous = expected + 1, row.digest
    return None


def _seal(previous: str, sequence: int, at: datetime, words: tuple[str, ...]) -> str:
    content = json.dumps([previous, sequence, round(at.timestamp() * 1e6), *words])
    return hashlib.sha256(content.encode()).hexdigest()


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.sequence, row.at, row.actor, row.action, row.subject, json.loads(row.details), row.digest)
