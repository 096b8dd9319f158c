"""Settings, plans and people's decisions are followed by every load of a workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_lib.workspace import Workspace, create_workspace, open_workspace


@pytest.fixture(autouse=True)
def _nobody_names_a_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYTICS_WORKSPACE", raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "mine")
    (made.folder / "analytics.toml").write_text('[tenants.retail]\ntime_zone = "Asia/Kolkata"\n', encoding="utf-8")
    return open_workspace(made.folder)


CSV = "user_id,event,event_time\n"
LINES = [f"{user},page_view,2024-05-13T10:0{minute}:00Z\n" for minute, user in enumerate(["ann", "bob", "ann", "cat"])]
PLAN = "events: {page_view: {properties: {path: {required: true}}}}\n"


def test_the_settings_decide_how_a_load_judges(workspace: Workspace, tmp_path: Path) -> None:
    settings = workspace.folder / "analytics.toml"
    settings.write_text('[ingestion]\nstrict = true\n[privacy]\nconsent = "required"\n', encoding="utf-8")
    (tmp_path / "log.csv").write_text(CSV + LINES[0], encoding="utf-8")

    receipt = open_workspace(workspace.folder).load(tmp_path / "log.csv")

    assert (receipt.accepted, receipt.rejected, receipt.reasons["no_consent"]) == (0, 1, 1)


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
