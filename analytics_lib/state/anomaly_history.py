"""The anomalies that were found, and what people made of them: new, confirmed or dismissed, by whom and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sql

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.state.database import State
from analytics_lib.state.tables import ANOMALIES

STATUSES: Final = ("new", "confirmed", "dismissed")
"""What people made of an anomaly; ``new`` = nobody has looked yet."""
_CHUNK: Final = 500
"""Ids asked for at once; databases limit the parameters of a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyRecord:
    """One anomaly as the history keeps it. Numbers that nobody knows are None."""

    series: str
    """What was measured, such as ``event_counts:purchase:day``; with tenant and time it is the anomaly's identity."""
    time: datetime
    """Start of the bucket, or moment of the value."""
    found_at: datetime
    """When it was first found."""
    tenant_id: str = "default"
    value: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    score: float | None = None
    """On the scale of what found it."""
    severity: str = "low"
    reason: str = ""
    found_by: str = "anomalies"
    """``anomalies`` or ``monitor``."""
    status: str = "new"
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    note: str = ""

    @property
    def anomaly_id(self) -> str:
        """Give the short name by which it can be reviewed: the same whenever it is found again.

        Examples
        --------
        >>> from datetime import UTC
        >>> noon = datetime(2024, 5, 13, 12, tzinfo=UTC)
        >>> AnomalyRecord(series="errors", time=noon, found_at=noon).anomaly_id
        '78f9972db121'
        """
        identity = "\0".join((self.tenant_id, self.series, f"{self.time.timestamp():.6f}"))
        return sha256(identity.encode()).hexdigest()[:12]


_NAMES: Final = tuple(part.name for part in fields(AnomalyRecord))
_NUMBERS: Final = ("value", "expected", "low", "high", "score")


def flagged_records(
    rows: Iterable[Mapping[str, Any]], *, series: str, found_at: datetime, tenant_id: str = "default",
    found_by: str = "anomalies",
) -> list[AnomalyRecord]:  # fmt: skip
    """Give a record of each flagged row; what is unknown or ordinary is passed over.

    Parameters
    ----------
    rows
        Rows with ``time``, ``value``, ``is_anomaly`` and, where known, ``expected``, ``low``, ``high``, ``score``,
        ``severity``, ``reason``: ``anomalies(…).to_frame().to_dict("records")``, or the scores of a monitor with
        their times.
    series
        What was measured.
    found_at
        Now, or when the analysis ran.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2024, 5, 13, 12, tzinfo=UTC)
    >>> rows = [{"time": noon, "value": 9.0, "is_anomaly": True, "severity": "high"},
    ...         {"time": noon, "value": 1.0, "is_anomaly": None}]
    >>> [one.severity for one in flagged_records(rows, series="errors", found_at=noon)]
    ['high']
    """
    found = (row for row in rows if str(row["is_anomaly"]) == "True")  # an unknown flag has no truth
    common: dict[str, Any] = {"series": series, "found_at": found_at, "tenant_id": tenant_id, "found_by": found_by}
    return [AnomalyRecord(**common, **_described(row)) for row in found]


def record_anomalies(state: State, found: Iterable[AnomalyRecord]) -> list[AnomalyRecord]:
    """Add anomalies to the history and give those that were not there; a second run adds nothing and changes nothing.

    Raises
    ------
    ArgumentError
        A status that does not exist.
    """
    wanted = {one.anomaly_id: one for one in found}
    for one in wanted.values():
        checks.one_of("status", one.status, STATUSES)
    with state.engine.begin() as connection:
        known = _known(connection, list(wanted))
        added = {name: one for name, one in wanted.items() if name not in known}
        if added:
            rows = [{"anomaly_id": name, **_values(one)} for name, one in added.items()]
            connection.execute(sql.insert(ANOMALIES), rows)
    return list(added.values())


def list_anomalies(
    state: State, *, tenant_id: str | None = None, series: str | None = None, status: str | None = None,
    start: datetime | None = None, end: datetime | None = None, limit: int | None = 100,
) -> list[AnomalyRecord]:  # fmt: skip
    """Give recorded anomalies, the newest first.

    Parameters
    ----------
    tenant_id, series, status
        Only those; default: all.
    start, end
        ``start <= time < end``.
    limit
        How many at most; None = all.

    Raises
    ------
    ArgumentError
        A status that does not exist.
    """
    if status is not None:
        checks.one_of("status", status, STATUSES)
    query = sql.select(*(ANOMALIES.c[name] for name in _NAMES))
    for name, value in (("tenant_id", tenant_id), ("series", series), ("status", status)):
        if value is not None:
            query = query.where(ANOMALIES.c[name] == value)
    if start is not None:
        query = query.where(ANOMALIES.c.time >= start)
    if end is not None:
        query = query.where(ANOMALIES.c.time < end)
    ordered = query.order_by(ANOMALIES.c.time.desc(), ANOMALIES.c.anomaly_id).limit(limit)
    with state.engine.begin() as connection:
        return [AnomalyRecord(**row) for row in connection.execute(ordered).mappings()]


def read_anomalies(state: State, anomaly_ids: Iterable[str]) -> list[AnomalyRecord]:
    """Give the anomalies of these ids as the history keeps them, the oldest first; unknown ids are passed over."""
    names, found = sorted(set(anomaly_ids)), list[AnomalyRecord]()
    query = sql.select(*(ANOMALIES.c[name] for name in _NAMES))
    with state.engine.begin() as connection:
        for place in range(0, len(names), _CHUNK):
            chosen = query.where(ANOMALIES.c.anomaly_id.in_(names[place : place + _CHUNK]))
            found += [AnomalyRecord(**row) for row in connection.execute(chosen).mappings()]
    return sorted(found, key=lambda one: (one.time, one.anomaly_id))


def review_anomaly(
    state: State, anomaly_id: str, status: str, *, reviewed_by: str, reviewed_at: datetime, note: str = ""
) -> AnomalyRecord:
    """Write what somebody made of an anomaly; a later review replaces an earlier one, ``new`` takes it back.

    Parameters
    ----------
    anomaly_id
        See :attr:`AnomalyRecord.anomaly_id`.
    status
        ``confirmed``, ``dismissed`` or ``new``.
    reviewed_by
        Who says so.
    reviewed_at
        When.
    note
        Why, in words.

    Raises
    ------
    ArgumentError
        No such status, no such anomaly, or no name.
    """
    checks.one_of("status", status, STATUSES)
    if not reviewed_by.strip():
        raise ArgumentError("a review needs a name", "Say who looked at it.")
    review = {"status": status, "reviewed_by": reviewed_by, "reviewed_at": reviewed_at, "note": note}
    one = ANOMALIES.c.anomaly_id == anomaly_id
    with state.engine.begin() as connection:
        connection.execute(sql.update(ANOMALIES).where(one).values(**review))
        row = connection.execute(sql.select(*(ANOMALIES.c[name] for name in _NAMES)).where(one)).mappings().first()
    if row is None:
        raise ArgumentError(f"no anomaly {anomaly_id!r} in the history", "List them with `analytics anomalies list`.")
    return AnomalyRecord(**row)


def _known(connection: sql.Connection, names: list[str]) -> set[str]:
    found: set[str] = set()
    for place in range(0, len(names), _CHUNK):
        query = sql.select(ANOMALIES.c.anomaly_id).where(ANOMALIES.c.anomaly_id.in_(names[place : place + _CHUNK]))
        found.update(connection.execute(query).scalars())
    return found


def _values(one: AnomalyRecord) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _NAMES}


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {name: _number(row.get(name)) for name in _NUMBERS}
    return {"time": row["time"], "severity": row.get("severity") or "low", "reason": row.get("reason") or "", **numbers}


def _number(value: Any) -> float | None:
    if value is None or value != value or not math.isfinite(value):
        return None
    return float(value)
