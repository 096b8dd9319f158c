"""Who agreed to what, and since when; decisions are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sql

from analytics_lib import checks
from analytics_lib.state.database import State
from analytics_lib.state.tables import CONSENTS

PURPOSES: Final = ("analytics", "personalisation", "session_recording")


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
    checks.one_of("purpose", purpose, PURPOSES)
    values = {"tenant_id": tenant_id, "user_id": user_id, "purpose": purpose, "source": source}
    with state.engine.begin() as connection:
        connection.execute(sql.insert(CONSENTS).values(**values, granted=int(granted), decided_at=decided_at))


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
