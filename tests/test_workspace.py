from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_lib.errors import ArgumentError, SettingsError
from analytics_lib.workspace import Workspace, create_workspace, open_workspace
from tests.lake.made import changed, make_rows


@pytest.fixture(autouse=True)
def _nobody_names_a_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYTICS_WORKSPACE", raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "mine")
    (made.folder / "analytics.toml").write_text('[tenants.retail]\ntime_zone = "Asia/Kolkata"\n', encoding="utf-8")
    return open_workspace(made.folder)


def test_impossible_settings_are_told_when_it_is_opened(workspace: Workspace) -> None:
    (workspace.folder / "analytics.toml").write_text("[privcy]\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="Did you mean 'privacy'"):
        open_workspace(workspace.folder)


def test_an_empty_workspace_answers_with_no_rows(workspace: Workspace) -> None:
    assert workspace.events(tenant_id="retail").count().execute() == 0
    assert workspace.metrics(name="speed").count().execute() == 0
    assert workspace.newest_event() is None
    assert workspace.newest_event("retail") is None
    assert workspace.tenants() == ("retail",)


def test_events_of_a_tenant_a_range_and_a_past_state(workspace: Workspace) -> None:
    workspace.lake.append("events", make_rows(30), batch_id="1")
    workspace.lake.append("events", make_rows(30, tenant_id="retail"), batch_id="2")

    assert workspace.events().count().execute() == 60
    assert workspace.events(tenant_id="shop").count().execute() == 30
    assert workspace.events(as_of=1).count().execute() == 30
    assert workspace.tenants() == ("retail", "shop")
    with pytest.raises(ArgumentError, match=r"no tenant 'shpo' in mine\. Did you mean 'shop'"):
        workspace.events(tenant_id="shpo")


def test_a_date_alone_is_a_day_of_the_tenants_own_zone(workspace: Workspace) -> None:
    begin = datetime(2024, 5, 13, 18, 30, tzinfo=UTC)  # midnight of 14 May in Kolkata
    rows = make_rows(2, tenant_id="retail")
    times = [begin, datetime(2024, 5, 13, 18, 29, 59, 999999, tzinfo=UTC)]
    workspace.lake.append("events", rows.set_column(4, "event_time", [times]), batch_id="1")

    events = workspace.events("2024-05-14", "2024-05-14", tenant_id="retail").to_pyarrow()

    assert events["event_time"].to_pylist() == [begin]


def test_the_newest_event_is_the_tenants_own(workspace: Workspace) -> None:
    late = changed(make_rows(1, start=900), "event_time", datetime(2024, 8, 1, 12, tzinfo=UTC))
    workspace.lake.append("events", make_rows(30, tenant_id="retail"), batch_id="1")
    workspace.lake.append("events", late, batch_id="2")
    own = workspace.lake.read("events", tenant_id="retail").to_pandas()["event_time"]

    assert workspace.newest_event() == workspace.newest_event("shop") == datetime(2024, 8, 1, 12, tzinfo=UTC)
    assert workspace.newest_event("retail") == own.max()
    assert workspace.oldest_event("retail") == workspace.oldest_event() == own.min()
    assert workspace.oldest_event("shop") == datetime(2024, 8, 1, 12, tzinfo=UTC)


def test_a_new_tenant_is_known_as_soon_as_its_events_are_there(workspace: Workspace) -> None:
    assert workspace.tenants() == ("retail",)

    workspace.lake.append("events", make_rows(1), batch_id="1")

    assert workspace.tenants() == ("retail", "shop")


def test_small_groups_follow_the_settings(workspace: Workspace) -> None:
    text = "[privacy]\nminimum_users = 7\n[tenants.a]\nminimum_users = 3\n[tenants.b]\nsynthetic = true\n"
    (workspace.folder / "analytics.toml").write_text(text, encoding="utf-8")

    opened = open_workspace(workspace.folder)

    assert [opened.minimum_users(tenant) for tenant in ("a", "b", "c", None)] == [3, 1, 7, 7]


def test_runs_and_consents_are_kept_beside_the_tables(workspace: Workspace) -> None:
    from analytics_lib.state.runs import list_runs

    assert list_runs(workspace.state) == []
    assert (workspace.folder / "state.db").is_file()


CSV = "user_id,event,event_time\n"
LINES = [f"{user},page_view,2024-05-13T10:0{minute}:00Z\n" for minute, user in enumerate(["ann", "bob", "ann", "cat"])]


def test_a_load_stores_once_under_pseudonyms_and_keeps_the_receipt(workspace: Workspace, tmp_path: Path) -> None:
    from analytics_lib.state.loads import list_loads

    (tmp_path / "log.csv").write_text(CSV + "".join(LINES), encoding="utf-8")

    tried = workspace.load(tmp_path / "log.csv", tenant_id="retail", dry_run=True)
    first = workspace.load(tmp_path / "log.csv", tenant_id="retail")
    again = workspace.load(tmp_path / "log.csv", tenant_id="retail")

    assert [(done.accepted, done.duplicate) for done in (tried, first, again)] == [(4, 0), (4, 0), (0, 4)]
    events = workspace.events(tenant_id="retail").to_pandas()
    assert events["user_id"].nunique() == 3
    assert not set(events["user_id"]) & {"ann", "bob", "cat"}
    assert [load.counts["accepted"] for load in list_loads(workspace.state)] == [0, 4]


def test_opening_is_cheap() -> None:
    import subprocess
    import sys

    heavy = ["ibis", "pandas", "duckdb", "deltalake", "sqlalchemy"]
    program = f"import sys, analytics_lib.workspace; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_without_a_name_the_usual_tenant_is_meant(workspace: Workspace) -> None:
    assert workspace.chosen_tenant("").tenant_id == "retail"  # the settings' only one: there is no event yet
    workspace.lake.append("events", make_rows(30), batch_id="1")
    assert workspace.chosen_tenant().tenant_id == "shop"  # the only one with events

    workspace.lake.append("events", make_rows(30, tenant_id="retail"), batch_id="2")

    assert workspace.chosen_tenant("").tenant_id == "retail"
    assert "first in analytics.toml" in workspace.chosen_tenant("").reason
    assert (workspace.chosen_tenant("shop").tenant_id, workspace.chosen_tenant("shop").reason) == ("shop", "")
    with pytest.raises(ArgumentError, match="Did you mean 'shop'"):
        workspace.chosen_tenant("shpo")


def test_a_workspace_without_any_tenant_has_the_one_that_loads_give(tmp_path: Path) -> None:
    empty = create_workspace(tmp_path / "empty")

    assert empty.tenants() == ("default",)
    assert empty.events(tenant_id=empty.chosen_tenant().tenant_id).count().execute() == 0
