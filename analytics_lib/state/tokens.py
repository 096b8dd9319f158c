"""Access tokens; only their digests are kept, so the database gives none away."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from analytics_lib.errors import ArgumentError
from analytics_lib.state.database import State
from analytics_lib.state.tables import TOKENS


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a valid token speaks for."""

    token_id: str
    name: str
    role: str
    tenant_id: str | None
    """The only tenant it may see; None = all."""


def create_token(
    state: State,
    name: str,
    *,
    created_at: datetime,
    role: str = "reader",
    tenant_id: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Make a token; give its id and its text. The text is shown this once."""
    token, token_id = secrets.token_urlsafe(32), secrets.token_hex(8)
    values = {"name": name, "role": role, "tenant_id": tenant_id, "created_at": created_at, "expires_at": expires_at}
    with state.engine.begin() as connection:
        connection.execute(insert(TOKENS).values(token_id=token_id, digest=_digest(token), **values))
    return token_id, token


def identify(state: State, token: str, *, now: datetime) -> Identity | None:
    """Tell whom a token speaks for at a moment; None when unknown, expired or revoked."""
    with state.engine.begin() as connection:
        row = connection.execute(select(TOKENS).where(TOKENS.c.digest == _digest(token))).mappings().first()
    if row is None or row["revoked_at"] is not None or (row["expires_at"] is not None and row["expires_at"] <= now):
        return None
    return Identity(row["token_id"], row["name"], row["role"], row["tenant_id"])


def revoke_token(state: State, token_id: str, *, at: datetime) -> None:
    """End a token for good.

    Raises
    ------
    ArgumentError
        No such token.
    """
    with state.engine.begin() as connection:
        done = connection.execute(update(TOKENS).where(TOKENS.c.token_id == token_id).values(revoked_at=at))
    if done.rowcount == 0:
        raise ArgumentError(f"no token with id {token_id!r}", "Use the id that was printed when the token was made.")


def _digest(token: str) -> str:
    # A plain digest is enough: the token holds 256 random bits, so there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
