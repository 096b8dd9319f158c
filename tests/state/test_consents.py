"""Consent: the newest decision counts, and never asked is neither yes nor no."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.state.consents import (
    Decision,
    any_consent,
    consent_of,
    consenting_tenants,
    decided_users,
    record_consent,
    record_consents,
)
from analytics_lib.state.database import State, open_state

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


def test_a_person_may_change_their_mind(state: State) -> None:
    record_consent(state, "ann", "analytics", granted=True, decided_at=NOON)
    record_consent(state, "ann", "analytics", granted=False, decided_at=NOON + timedelta(days=1))
    record_consent(state, "bob", "analytics", granted=True, decided_at=NOON)

    assert consent_of(state, "ann") is False
    assert consent_of(state, "bob") is True
    assert consent_of(state, "cat") is None
    assert decided_users(state) == {"bob"}
    assert decided_users(state, granted=False) == {"ann"}


def test_a_late_message_about_an_early_decision_does_not_win(state: State) -> None:
    record_consent(state, "ann", "analytics", granted=False, decided_at=NOON)
    record_consent(state, "ann", "analytics", granted=True, decided_at=NOON - timedelta(days=1))

    assert consent_of(state, "ann") is False


def test_whether_anybody_ever_decided_is_known_at_once(state: State) -> None:
    assert not any_consent(state)

    record_consent(state, "ann", "analytics", granted=False, decided_at=NOON)

    assert any_consent(state)


def test_tenants_and_purposes_are_apart(state: State) -> None:
    record_consent(state, "ann", "analytics", granted=True, decided_at=NOON, tenant_id="shop")

    assert consent_of(state, "ann", tenant_id="retail") is None
    assert consent_of(state, "ann", "session_recording", tenant_id="shop") is None


def test_an_unknown_purpose_is_refused(state: State) -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'analytics'"):
        record_consent(state, "ann", "analytic", granted=True, decided_at=NOON)


def test_many_decisions_are_kept_together_or_not_at_all(state: State) -> None:
    good = [Decision("ann", "analytics", True, NOON), Decision("bob", "analytics", False, NOON)]

    record_consents(state, good)
    with pytest.raises(ArgumentError):
        record_consents(state, [Decision("cat", "analytics", True, NOON), Decision("cat", "fame", True, NOON)])

    assert decided_users(state) == {"ann"}
    assert decided_users(state, granted=False) == {"bob"}


def test_a_tenant_counts_while_anybody_there_says_yes(state: State) -> None:
    record_consent(state, "ann", "session_recording", granted=True, decided_at=NOON, tenant_id="shop")
    record_consent(state, "bob", "session_recording", granted=False, decided_at=NOON, tenant_id="corner")
    assert consenting_tenants(state, "session_recording") == ("shop",)

    record_consent(state, "ann", "session_recording", granted=False, decided_at=NOON, tenant_id="shop")
    assert consenting_tenants(state, "session_recording") == ()
