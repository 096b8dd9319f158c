"""The people behind a number are saved, listed, loaded, and used as a rule and as a filter."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics_lib.behaviour.cohorts import cohort
from analytics_lib.behaviour.conditions import belongs_to, did
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.segments import segments
from analytics_lib.errors import ArgumentError, SmallGroupError
from analytics_lib.state.audit import read_audit
from analytics_lib.workspace import Workspace, create_workspace, open_workspace

EVENTS = pd.DataFrame(
    {
        "user_id": ["a", "b", "a", "c"],
        "event": ["buy", "view", "view", "buy"],
        "event_time": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-20", "2024-05-30"]),
    }
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "mine")
    settings = "[privacy]\nminimum_users = 2\n[tenants.tour]\nsynthetic = true\n"
    (made.folder / "analytics.toml").write_text(settings, encoding="utf-8")
    return open_workspace(made.folder)


def test_a_saved_cohort_is_a_rule_and_a_filter(workspace: Workspace) -> None:
    number = funnel(EVENTS, ["buy", "view"], within="30d")

    workspace.save_cohort(number.people(step=1), name="buyers", definition="bought", saved_by="ann")
    again = open_workspace(workspace.folder).cohort("buyers")

    assert len(again) == number.to_frame()["users"].iloc[0] == 2
    assert again.definition == "bought"
    assert sorted(again.events(EVENTS).execute()["event"]) == ["buy", "buy", "view"]
    rules = {"buyers": belongs_to(again), "who looked": belongs_to(again) & did("view")}
    assert segments(EVENTS, rules).to_frame()["users"].tolist() == [2, 1]


def test_saving_leaves_a_line_in_the_audit_log_that_names_nobody(workspace: Workspace) -> None:
    workspace.save_cohort(["ann-pseudonym", "bob-pseudonym"], name="friends", saved_by="kim")
    workspace.remove_cohort("friends", removed_by="kim")

    removed, saved = read_audit(workspace.state)
    assert (saved.actor, saved.action, saved.subject, saved.details["users"]) == ("kim", "cohort.saved", "friends", 2)
    assert removed.action == "cohort.removed"
    assert "pseudonym" not in f"{saved}{removed}"


def test_a_group_too_small_to_show_is_not_kept(workspace: Workspace) -> None:
    with pytest.raises(SmallGroupError, match="1 people are fewer than the 2"):
        workspace.save_cohort(["a"], name="alone")
    assert workspace.cohorts().empty

    workspace.save_cohort(["a"], name="made up", tenant_id="tour")
    assert workspace.cohorts(tenant_id="tour")["users"].tolist() == [1]


def test_members_stay_with_their_tenant(workspace: Workspace) -> None:
    workspace.save_cohort(["a"], name="ours", tenant_id="tour")

    assert workspace.cohort("ours", tenant_id="tour").people.to_pylist() == [{"user_id": "a", "tenant_id": "tour"}]
    with pytest.raises(ArgumentError, match="no saved cohort 'ours'"):
        workspace.cohort("ours")


def test_the_list_tells_what_and_when(workspace: Workspace) -> None:
    workspace.save_cohort(cohort(EVENTS, "buy", name="draft", as_of="2024-06-01"), name="buyers of May")

    (row,) = workspace.cohorts().to_dict("records")
    assert (row["name"], row["users"]) == ("buyers of May", 2)
    assert row["as_of"] == pd.Timestamp("2024-06-01", tz="UTC")
    assert "did buy" in row["definition"]
    assert row["saved_at"].tz is not None


def test_a_rule_is_kept_and_asked_again_as_of_another_moment(workspace: Workspace) -> None:
    asked = did("buy", within="7d")
    workspace.save_cohort(cohort(EVENTS, asked | did("view", within="30d"), name="draft"), name="lately")

    again = workspace.cohort("lately")

    assert workspace.cohorts()["kind"].tolist() == ["rule"]
    assert again.dynamic
    assert again.people["user_id"].to_pylist() == ["a", "b", "c"]
    assert again.again(EVENTS, as_of="2024-05-02").people["user_id"].to_pylist() == ["a"]
    assert segments(EVENTS, {"x": belongs_to(again)}, as_of="2024-05-02").to_frame()["users"].tolist() == [1]


def test_a_list_stays_a_list(workspace: Workspace) -> None:
    workspace.save_cohort(cohort(EVENTS, "buy", name="draft").people, name="pinned")

    pinned = workspace.cohort("pinned")

    assert workspace.cohorts()["kind"].tolist() == ["list"]
    with pytest.raises(ArgumentError, match="is a list"):
        pinned.again(EVENTS)
    assert segments(EVENTS, {"x": belongs_to(pinned)}, as_of="2024-05-15").to_frame()["users"].tolist() == [1]


def test_a_rule_may_ask_for_a_saved_cohort_but_not_for_itself(workspace: Workspace) -> None:
    workspace.save_cohort(cohort(EVENTS, "buy", name="buyers"), name="buyers")
    other = belongs_to(workspace.cohort("buyers")) | did("view")
    workspace.save_cohort(cohort(EVENTS, other, name="both"), name="both")

    assert workspace.cohort("both").again(EVENTS, as_of="2024-05-02").people["user_id"].to_pylist() == ["a"]
    circle = cohort(EVENTS, belongs_to(workspace.cohort("both")), name="buyers")
    with pytest.raises(ArgumentError, match="'buyers' is defined by itself"):
        workspace.save_cohort(circle, name="buyers", replace=True)
    with pytest.raises(ArgumentError, match="no saved cohort 'draft'"):
        workspace.save_cohort(cohort(EVENTS, belongs_to(cohort(EVENTS, "buy", name="draft")), name="x"), name="x")
