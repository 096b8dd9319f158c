"""`analytics schedule`, as typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analytics_lib.cli.application import application
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.scheduling import Answer
from tests.reporting.trial import code, make_report


@pytest.fixture(autouse=True)
def only_own_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "analytics_lib.reporting.reports.report_roots", lambda workspace: [workspace.folder / "reports"]
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "analytics.toml").write_text("")
    toml = 'title = "Trial"\nretries = 2\n[schedule]\ncron = "30 6 * * 1"\ntime_zone = "Europe/London"\n'
    make_report(tmp_path, code("1"), toml=toml)
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(application, ["schedule", *words], env={"COLUMNS": "200"})


def test_schedules_are_listed_with_zone_and_policies(workspace: Path) -> None:
    done = typed("list", "-w", str(workspace))

    assert done.exit_code == 0
    assert re.search(
        r"trial +30 6 \* \* 1 +Europe/London +\d{4}-\d\d-\d\d 06:30\+0[01]:00 +– +latest +skip +3", done.stdout
    )


def test_the_next_moments_are_in_the_zone_of_the_report(workspace: Path) -> None:
    lines = typed("next", "trial", "--count", "60", "-w", str(workspace)).stdout.splitlines()

    assert len(lines) == 60
    assert all(" 06:30+0" in line for line in lines)
    assert {line[-6:] for line in lines} == {"+00:00", "+01:00"}, "a year holds both"


def test_a_person_is_told_that_nothing_is_due_and_a_timer_is_not(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics_lib.reporting.scheduling.run_due", lambda _: [])
    by_timer = typed("run-due", "-w", str(workspace))
    monkeypatch.setattr("analytics_lib.cli.schedule.is_watched", lambda: True)
    by_hand = typed("run-due", "-w", str(workspace))

    assert by_timer.output == ""
    assert "Nothing is due." in by_hand.output


def test_run_due_ends_with_the_worst_code_and_with_0_when_nothing_is_due(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from analytics_lib.reporting.scheduling import find_job
    from analytics_lib.workspace import open_workspace

    [job] = find_job(open_workspace(workspace), "trial")
    slot = datetime(2024, 6, 10, 5, 30, tzinfo=UTC)
    outcomes = [Outcome.SUCCESS, Outcome.TIMEOUT, Outcome.FAILED_CODE, Outcome.SKIPPED]
    answers = [Answer(job, slot, outcome, "stood in for") for outcome in outcomes]
    monkeypatch.setattr("analytics_lib.reporting.scheduling.run_due", lambda _: answers)

    failed = typed("run-due", "-w", str(workspace))
    monkeypatch.setattr("analytics_lib.reporting.scheduling.run_due", lambda _: [])
    quiet = typed("run-due", "-w", str(workspace))

    assert failed.exit_code == 5
    assert failed.stderr.count("\n") == 2
    assert "2024-06-10T05:30+00:00  trial: timeout – stood in for" in failed.stderr
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_serving_tells_what_it_watches(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics_lib.reporting.daemon.Daemon.serve", lambda _: None)

    assert f"watching the reports of {workspace}" in typed("serve", "-w", str(workspace)).stdout


def test_a_half_written_report_is_told_and_the_others_run(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workspace / "reports" / "draft").mkdir()
    (workspace / "reports" / "draft" / "report.toml").write_text('title = "Draft"')
    ran: list[str] = []
    monkeypatch.setattr(
        "analytics_lib.reporting.scheduling.answer_job", lambda home, job, **more: ran.append(job.name) or []
    )

    listed, due = typed("list", "-w", str(workspace)), typed("run-due", "-w", str(workspace))

    assert ran == ["trial"]
    assert [done.exit_code for done in (listed, due)] == [1, 1]
    assert "trial" in listed.output
    for done in (listed, due):
        assert "draft/report.ipynb is missing" in done.output
