from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_lib.errors import ArgumentError, SettingsError, WorkspaceError
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


def test_a_new_workspace_has_settings_keys_tables_and_content(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "new" / "one")

    assert made.settings.workspace.name == "one"
    assert {path.name for path in made.folder.iterdir()} == {
        ".gitignore", "alerts", "analytics.toml", "keys", "lake", "notebooks", "plans", "reports",
    }  # fmt: skip
    assert (made.folder / "keys").stat().st_mode & 0o777 == 0o700
    assert (made.folder / "notebooks" / "explore" / "00_start_here.ipynb").is_file()
    assert not list(made.folder.rglob("*.py"))
    assert "keys/" in (made.folder / ".gitignore").read_text()


def test_making_it_again_adds_what_is_missing_and_overwrites_nothing(tmp_path: Path) -> None:
    made = create_workspace(tmp_path)
    mine = made.folder / "notebooks" / "explore" / "00_start_here.ipynb"
    mine.write_text("mine", encoding="utf-8")
    gone = made.folder / "notebooks" / "explore" / "20_funnel.ipynb"
    gone.unlink()

    create_workspace(tmp_path, name="other")

    assert mine.read_text(encoding="utf-8") == "mine"
    assert gone.is_file()
    assert open_workspace(tmp_path).settings.workspace.name == tmp_path.name


def test_a_workspace_is_found_by_folder_by_file_from_inside_and_by_name(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace.folder
    assert open_workspace(folder).folder == folder
    assert open_workspace(folder / "analytics.toml").folder == folder

    monkeypatch.chdir(folder / "notebooks" / "explore")
    assert open_workspace().folder == folder

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANALYTICS_WORKSPACE", str(folder))
    assert open_workspace().folder == folder


def test_what_is_no_workspace_is_refused_with_the_way_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkspaceError, match=r"no analytics\.toml\. Make it one with `analytics init "):
        open_workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError, match="neither .* nor any folder above it is a workspace"):
        open_workspace()
    monkeypatch.setenv("ANALYTICS_WORKSPACE", str(tmp_path / "gone"))
    with pytest.raises(WorkspaceError, match=r"gone \(named by ANALYTICS_WORKSPACE\) is not a workspace"):
        open_workspace()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_can_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(WorkspaceError, match="no workspace can be made in"):
        create_workspace(tmp_path / "new")


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("", encoding="utf-8")

    with pytest.raises(WorkspaceError, match="no workspace can be made in .*Choose a folder"):
        create_workspace(tmp_path / "new")


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


def test_the_settings_decide_how_a_load_judges(workspace: Workspace, tmp_path: Path) -> None:
    settings = workspace.folder / "analytics.toml"
    settings.write_text('[ingestion]\nstrict = true\n[privacy]\nconsent = "required"\n', encoding="utf-8")
    (tmp_path / "log.csv").write_text(CSV + LINES[0], encoding="utf-8")

    receipt = open_workspace(workspace.folder).load(tmp_path / "log.csv")

    assert (receipt.accepted, receipt.rejected, receipt.reasons["no_consent"]) == (0, 1, 1)


PLAN = "events: {page_view: {properties: {path: {required: true}}}}\n"


def test_loads_and_replays_follow_the_plans_in_the_workspace(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(CSV + "".join(LINES), encoding="utf-8")
    plan = workspace.folder / "plans" / "shop.yaml"
    plan.write_text(PLAN, encoding="utf-8")

    loaded = workspace.load(tmp_path / "log.csv", tenant_id="retail")
    stayed = workspace.replay()
    plan.write_text("enabled: false\n" + PLAN, encoding="utf-8")
    passed = workspace.replay(reason="required_missing", tenant_id="retail")

    assert (loaded.quarantined, dict(loaded.reasons)) == (4, {"required_missing": 4})
    assert (stayed.sent, stayed.quarantined) == (4, 4)
    assert (passed.sent, passed.accepted) == (4, 4)
    assert workspace.quarantine().count().execute() == 0
    assert workspace.events(tenant_id="retail").count().execute() == 4


def test_what_people_decided_is_respected(workspace: Workspace, tmp_path: Path) -> None:
    from analytics_lib.privacy.pseudonyms import Keys
    from analytics_lib.state.consents import record_consent

    ann = Keys(workspace.folder / "keys").key("retail").digest("ann")
    record_consent(
        workspace.state,
        ann,
        "analytics",
        granted=False,
        decided_at=datetime(2024, 5, 1, tzinfo=UTC),
        tenant_id="retail",
    )
    (tmp_path / "log.csv").write_text(CSV + "".join(LINES), encoding="utf-8")

    receipt = workspace.load(tmp_path / "log.csv", tenant_id="retail")

    assert (receipt.accepted, receipt.reasons["no_consent"]) == (2, 2)
    assert workspace.events(tenant_id="retail").filter(lambda event: event.user_id == ann).count().execute() == 0


def test_many_small_loads_do_not_leave_many_small_files(workspace: Workspace, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / "log.csv").write_text(f"{CSV}u{number},page_view,2024-05-13T10:00:00Z\n", encoding="utf-8")
        workspace.load(tmp_path / "log.csv", tenant_id="retail")

    assert len(workspace.lake.snapshot("events").files) == 2
    assert workspace.events().count().execute() == 9


def test_opening_is_cheap() -> None:
    import subprocess
    import sys

    heavy = ["ibis", "pandas", "duckdb", "deltalake", "sqlalchemy"]
    program = f"import sys, analytics_lib.workspace; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_demonstration_is_found_from_a_notebook_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_workspace(tmp_path / ".demo")
    (tmp_path / "notebooks" / "explore").mkdir(parents=True)
    monkeypatch.delenv("ANALYTICS_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path / "notebooks" / "explore")

    assert open_workspace().folder == made.folder
