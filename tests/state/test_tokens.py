"""Tokens open until they expire or are revoked, and the database holds none of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.state.database import State, open_state
from analytics_lib.state.tokens import create_token, identify, revoke_token

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


def test_a_token_speaks_for_its_owner_until_it_expires(state: State) -> None:
    _, token = create_token(state, "ann", created_at=NOON, tenant_id="shop", expires_at=NOON + timedelta(days=1))

    identity = identify(state, token, now=NOON)

    assert identity is not None
    assert (identity.name, identity.role, identity.tenant_id) == ("ann", "reader", "shop")
    assert identify(state, token, now=NOON + timedelta(days=1)) is None
    assert identify(state, token + "x", now=NOON) is None


def test_a_revoked_token_is_dead(state: State) -> None:
    token_id, token = create_token(state, "ann", created_at=NOON)

    revoke_token(state, token_id, at=NOON)

    assert identify(state, token, now=NOON) is None
    with pytest.raises(ArgumentError, match="no token with id"):
        revoke_token(state, "gone", at=NOON)


def test_the_file_holds_no_token(state: State, tmp_path: Path) -> None:
    _, token = create_token(state, "ann", created_at=NOON)
    state.close()

    assert all(token.encode() not in path.read_bytes() for path in tmp_path.iterdir())
