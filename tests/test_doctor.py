"""The doctor finds what is wrong, says what to do, and never falls ill itself."""

from __future__ import annotations

import importlib.metadata
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from analytics_lib import doctor
from analytics_lib.doctor import Finding, Status, examine
from analytics_lib.privacy.pseudonyms import Keys
from analytics_lib.state.audit import append_audit
from analytics_lib.state.database import open_state


def by_check(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


def test_this_installation_is_well() -> None:
    assert [finding for finding in examine() if finding.status is Status.FAIL] == []


def test_a_version_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "4.2.0" if name == "jupyter_bokeh" else real(name))

    finding = doctor.versions_together()

    assert finding.status is Status.FAIL
    assert "jupyter_bokeh 4.2.0 is outside 4.1.0 … 4.1.1" in finding.fact
    assert "constraints.txt" in finding.advice


def test_without_a_browser_only_the_pdf_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("BROWSER", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))

    finding = doctor.browser()

    assert finding.status is Status.WARN
    assert "PDF does not" in finding.fact
    assert finding.advice


def test_a_folder_that_is_no_workspace_is_told_how_to_become_one(tmp_path: Path) -> None:
    finding = by_check(examine(tmp_path))["workspace"]

    assert finding.status is Status.FAIL
    assert "analytics init" in finding.advice


def test_where_no_workspace_is_one_finding_says_so_and_no_other(tmp_path: Path) -> None:
    told = examine(tmp_path / "nowhere")

    assert [finding.check for finding in told if finding.status is Status.FAIL] == ["workspace"]
    assert told[-1].fact == f"there is no folder {tmp_path / 'nowhere'}"


def test_keys_that_others_can_read_are_a_failure(tmp_path: Path) -> None:
    kept = Keys(tmp_path / "keys")
    kept.key("shop")
    key = kept.path
    key.chmod(0o644)

    assert doctor.keys(tmp_path).status is Status.FAIL
    key.chmod(0o600)
    assert doctor.keys(tmp_path) == Finding("keys", Status.OK, "1 key, private")


@pytest.mark.parametrize(
    ("free", "status"), [(50_000_000, Status.FAIL), (500_000_000, Status.WARN), (10**10, Status.OK)]
)
def test_little_room_warns_before_it_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, status: Status
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    assert doctor.disk_space(tmp_path).status is status


def test_a_changed_audit_log_is_reported(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    opened = open_state(tmp_path / "state.db")
    append_audit(opened, at=datetime.now(UTC), actor="ann", action="load", subject="a.csv")
    opened.close()
    connection = sqlite3.connect(tmp_path / "state.db")
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET actor = 'bob'")
    connection.commit()
    connection.close()

    finding = doctor.state(tmp_path)

    assert finding.status is Status.FAIL
    assert "entry 1 of the audit log" in finding.fact


def test_a_check_that_crashes_becomes_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Finding:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(doctor, "clock", broken)

    finding = examine()[-1]

    assert finding.status is Status.FAIL
    assert "ZeroDivisionError: oh" in finding.fact


def test_keys_that_cannot_be_read_are_found_before_the_load_that_needs_them(tmp_path: Path) -> None:
    (tmp_path / "analytics.toml").touch()
    home = tmp_path / "keys"
    home.mkdir(mode=0o700)
    (home / "pseudonym_keys.json").write_text("garbage", encoding="utf-8")
    (home / "pseudonym_keys.json").chmod(0o600)

    finding = by_check(examine(tmp_path))["keys"]

    assert finding.status is Status.FAIL
    assert "can't be read" in finding.fact
    assert "backup" in finding.advice


def test_a_broken_plan_is_found_before_a_load_trips_over_it(tmp_path: Path) -> None:
    (tmp_path / "analytics.toml").touch()
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "a.yaml").write_text("events: {a: {}}")
    assert by_check(examine(tmp_path))["plans"].fact == "1 tracking plan"
    (tmp_path / "plans" / "b.yaml").write_text("evnts: {}")

    finding = by_check(examine(tmp_path))["plans"]

    assert finding.status is Status.FAIL
    assert "b.yaml has 'evnts'" in finding.fact
    assert "events" in finding.advice
