"""Who agreed to what, and since when; decisions are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sql

from analytics_lib import checks
from analytics_lib.state.database import State
from analytics_lib.state.tables import CONSENTS

PURPOSES: Final = ("analytics", "personalisation", "session_recording")


class Decision(NamedTuple):
    """What a person (by pseudonym) decided about one purpose."""

    user_id: str
    purpose: str
    granted: bool
    decided_at: datetime


def record_consent(
    state: State,
    user_id: str,
    purpose: str,
    *,
    granted: bool,
    decided_at: datetime,
    tenant_id: str = "default",
    source: str = "unknown",
) -> None:
    """Add one decision of a person (by pseudonym); the newest one counts.

    Raises
    ------
    ArgumentError
        No such purpose.
    """
    record_consents(state, [Decision(user_id, purpose, granted, decided_at)], tenant_id=tenant_id, source=source)


def record_consents(
    state: State, decisions: Iterable[Decision], *, tenant_id: str = "default", source: str = "unknown"
) -> None:
    """Add many decisions, all of them or none.

    Raises
    ------
    ArgumentError
        No such purpose.
    """
    told = [
        {**one._asdict(), "granted": int(one.granted), "tenant_id": tenant_id, "source": source} for one in decisions
    ]
    for one in told:
        checks.one_of("purpose", str(one["purpose"]), PURPOSES)
    if told:
        with state.engine.begin() as connection:
            connection.execute(sql.insert(CONSENTS), told)


def consent_of(state: State, user_id: str, purpose: str = "analytics", *, tenant_id: str = "default") -> bool | None:
    """Tell what a person decided last: True, False, or None when never asked."""
    where = (CONSENTS.c.tenant_id == tenant_id, CONSENTS.c.user_id == user_id, CONSENTS.c.purpose == purpose)
    newest = (CONSENTS.c.decided_at.desc(), CONSENTS.c.id.desc())
    with state.engine.begin() as connection:
        found = connection.execute(sql.select(CONSENTS.c.granted).where(*where).order_by(*newest).limit(1)).scalar()
    return None if found is None else bool(found)


def any_consent(state: State) -> bool:
    """Tell whether anybody ever decided anything; if not, a load need not ask for each event."""
    with state.engine.begin() as connection:
        return connection.execute(sql.select(CONSENTS.c.id).limit(1)).first() is not None


def decided_users(
    state: State, purpose: str = "analytics", *, tenant_id: str = "default", granted: bool = True
) -> frozenset[str]:
    """Give all whose newest decision is `granted`; what a batch is checked against."""
    ranked = (
        sql.select(
            CONSENTS.c.user_id,
            CONSENTS.c.granted,
            sql.func.row_number()
            .over(partition_by=CONSENTS.c.user_id, order_by=(CONSENTS.c.decided_at.desc(), CONSENTS.c.id.desc()))
            .label("age"),
        )
        .where(CONSENTS.c.tenant_id == tenant_id, CONSENTS.c.purpose == purpose)
        .subquery()
    )
    query = sql.select(ranked.c.user_id).where(ranked.c.age == 1, ranked.c.granted == int(granted))
    with state.engine.begin() as connection:
        return frozenset(connection.execute(query).scalars())


def consenting_tenants(state: State, purpose: str) -> tuple[str, ...]:
    """Give the tenants among whose people somebody's newest decision is yes, in order.

    Raises
    ------
    ArgumentError
        No such purpose.
    """
    checks.one_of("purpose", purpose, PURPOSES)
    with state.engine.begin() as connection:
        asked = sql.select(CONSENTS.c.tenant_id).where(CONSENTS.c.purpose == purpose).distinct()
        names = sorted(connection.execute(asked).scalars())
    return tuple(name for name in names if decided_users(state, purpose, tenant_id=name))
