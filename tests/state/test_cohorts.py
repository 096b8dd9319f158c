"""Saved cohorts: whole or not at all, apart by owner, and reached by an erasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics_lib.behaviour.condition_documents import to_document
from analytics_lib.behaviour.conditions import did, has
from analytics_lib.errors import ArgumentError
from analytics_lib.state.cohorts import (
    SavedCohort,
    forget_members,
    list_cohorts,
    read_members,
    read_saved,
    remove_cohort,
    write_cohort,
)
from analytics_lib.state.database import State, open_state

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


def cohort(name: str, *, tenant_id: str = "", hours: int = 0) -> SavedCohort:
    return SavedCohort(name, "who bought", NOON + timedelta(hours=hours), "ann", tenant_id=tenant_id)


def test_members_are_kept_once_and_counted(state: State) -> None:
    saved = write_cohort(state, cohort("buyers"), [("", "b"), ("", "a"), ("", "b")])

    assert (saved.users, saved.definition, saved.saved_at) == (2, "who bought", NOON)
    assert read_members(state, "buyers") == [("", "a"), ("", "b")]


def test_a_taken_name_keeps_what_was_there_unless_told(state: State) -> None:
    write_cohort(state, cohort("buyers"), [("", "a")])

    with pytest.raises(ArgumentError, match="already"):
        write_cohort(state, cohort("buyers"), [("", "z")])
    assert read_members(state, "buyers") == [("", "a")]

    write_cohort(state, cohort("buyers"), [("", "z")], replace=True)
    assert read_members(state, "buyers") == [("", "z")]


def test_owners_are_apart_and_the_newest_comes_first(state: State) -> None:
    write_cohort(state, cohort("x", tenant_id="shop"), [("shop", "a")])
    write_cohort(state, cohort("x", tenant_id="retail"), [("retail", "b")])
    write_cohort(state, cohort("y", tenant_id="shop", hours=1), [("shop", "c")])

    assert [one.name for one in list_cohorts(state, tenant_id="shop")] == ["y", "x"]
    assert len(list_cohorts(state)) == 3
    assert read_members(state, "x", tenant_id="retail") == [("retail", "b")]
    remove_cohort(state, "x", tenant_id="retail")
    with pytest.raises(ArgumentError, match="no saved cohort"):
        read_saved(state, "x", tenant_id="retail")
    assert read_members(state, "x", tenant_id="shop") == [("shop", "a")]


def test_an_erased_person_is_in_no_cohort_any_more(state: State) -> None:
    write_cohort(state, cohort("one"), [("shop", "a"), ("retail", "a"), ("shop", "b")])
    write_cohort(state, cohort("two"), [("", "a")])

    assert forget_members(state, ["a"], tenant_id="shop") == 2
    assert read_members(state, "one") == [("retail", "a"), ("shop", "b")]
    assert read_saved(state, "two").users == 0
    assert forget_members(state, ["a"]) == 1


def test_a_rule_that_names_an_erased_person_stays_as_the_list_of_the_others(state: State) -> None:
    rule = to_document(has("user_id", ["a1", "b"]) & did("buy"))
    write_cohort(
        state, replace(cohort("named"), condition=rule, definition="user_id in a1, b"), [("", "a1"), ("", "b")]
    )
    other = replace(cohort("other"), condition=to_document(did("a1-bought")), definition="a1-bought, a1 and a12")
    write_cohort(state, other, [])

    forget_members(state, ["a1"])

    kept, spared = read_saved(state, "named"), read_saved(state, "other")
    assert (kept.condition, kept.users) == (None, 1)
    assert "a1" not in kept.definition
    assert spared.condition == to_document(did("a1-bought"))
    assert spared.definition == "a1-bought, (erased) and a12"


def test_a_rule_of_another_tenant_names_another_person(state: State) -> None:
    rule = to_document(has("user_id", "a"))
    for owner in ("", "shop", "retail"):
        write_cohort(state, replace(cohort("named", tenant_id=owner), condition=rule), [])

    forget_members(state, ["a"], tenant_id="shop")

    kept = {owner: read_saved(state, "named", tenant_id=owner).condition for owner in ("", "shop", "retail")}
    assert kept == {"": None, "shop": None, "retail": rule}


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_name_that_is_none_is_refused(state: State, name: str) -> None:
    with pytest.raises(ArgumentError, match="1 to 200"):
        write_cohort(state, cohort(name), [])


def test_many_members_are_kept(state: State) -> None:
    saved = write_cohort(state, cohort("all"), [("", f"u{number}") for number in range(12_001)])

    assert saved.users == 12_001
