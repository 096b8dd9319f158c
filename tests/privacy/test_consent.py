"""Consent: an event's own word first, then what is recorded, then the mode."""

from __future__ import annotations

import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.privacy.consent import PURPOSES, ConsentRules, purpose_of, read_statement


@pytest.mark.parametrize(
    ("said", "granted"),
    [
        (True, set(PURPOSES)),
        ("no", set()),
        ("analytics, session_recording", {"analytics", "session_recording"}),
        (["analytics", "selling"], {"analytics"}),
        ({"analytics": "yes", "personalisation": False}, {"analytics"}),
        ('["analytics"]', {"analytics"}),
        (1, set(PURPOSES)),
    ],
)
def test_statements_are_understood_in_many_forms(said, granted):
    assert read_statement(said) == granted


@pytest.mark.parametrize("said", ["maybe", "", "{broken", 3.5, "selling"])
def test_what_is_not_understood_grants_and_refuses_nothing(said):
    assert read_statement(said) is None


def test_silence_is_consent_only_where_it_is_assumed():
    assert ConsentRules("assumed").allows("page.view", None, tenant_id="t", user_id="u")
    assert not ConsentRules("required").allows("page.view", None, tenant_id="t", user_id="u")


def test_a_spoken_no_counts_even_where_consent_is_assumed():
    assert not ConsentRules("assumed").allows("page.view", "denied", tenant_id="t", user_id="u")


def test_what_is_recorded_about_a_person_is_asked_when_the_event_is_silent():
    book = {("t", "ann"): frozenset({"analytics"}), ("t", "bob"): frozenset()}
    rules = ConsentRules("required", granted=lambda tenant, user: book.get((tenant, user)))
    answers = rules.allowed(
        ["page.view", "interaction.pointer", "page.view", "page.view", "page.view"],
        [None, None, None, "yes", None],
        tenants=["t"] * 5,
        users=["ann", "ann", "bob", "bob", None],
    )
    assert answers == [True, False, False, True, False]


def test_the_proof_of_a_withdrawal_is_always_kept():
    assert ConsentRules("required").allows("consent.changed", "denied", tenant_id="t", user_id="u")


def test_recordings_have_their_own_purpose():
    assert [purpose_of(event) for event in ("interaction.pointer", "recommendation.click", "anything")] == [
        "session_recording", "personalisation", "analytics",
    ]  # fmt: skip


def test_an_unknown_mode_is_refused():
    with pytest.raises(ArgumentError, match="consent='maybe'"):
        ConsentRules("maybe")


def test_only_assumed_consent_without_a_record_needs_no_look():
    assert ConsentRules().is_silent()
    assert not ConsentRules("required").is_silent()
