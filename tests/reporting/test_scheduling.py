"""Due moments are answered once, with retries, one at a time; the notebooks are stood in for."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from analytics_lib.errors import ReportError
from analytics_lib.reporting import scheduling
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.run import Run, build_folder
from analytics_lib.reporting.scheduling import find_job, last_answered, run_due, worst_exit_code
from analytics_lib.reporting.verdict import Verdict
from analytics_lib.state.runs import RunRecord, list_runs, record_run
from analytics_lib.workspace import Workspace, open_workspace
from tests.reporting.trial import code, make_report

NOW = datetime(2024, 6, 10, 7, 1, tzinfo=UTC)
SCHEDULE = 'title = "Trial"\n{more}\n[schedule]\ncron = "0 7 * * *"\n{policy}\n'
Runner = Callable[..., Run]


def workspace(tmp_path: Path, *, more: str = "", policy: str = "") -> Workspace:
    """Open a workspace with one scheduled report and nothing else."""
    (tmp_path / "analytics.toml").write_text("")
    make_report(tmp_path, code("n: int = 1", "parameters"), toml=SCHEDULE.format(more=more, policy=policy))
    return open_workspace(tmp_path)


@pytest.fixture(autouse=True)
def only_own_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "analytics_lib.reporting.reports.report_roots", lambda workspace: [workspace.folder / "reports"]
    )


def stand_in(monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome) -> list[dict[str, Any]]:
    """Let runs end as told, one after the other; gives what each was asked."""
    asked: list[dict[str, Any]] = []

    def run(name: str, *, workspace: Workspace, slot: datetime, **more: Any) -> Run:
        outcome = outcomes[min(len(asked), len(outcomes) - 1)]
        asked.append({"slot": slot, **more})
        run_id = f"r{len(asked)}"
        record = RunRecord(
            run_id=run_id, report=name, outcome=outcome.value, started_at=NOW, slot=slot,
            parameter_set=more["parameter_set"], attempt=more["attempt"],
        )  # fmt: skip
        record_run(workspace.state, record)
        return Run(Verdict(report=name, run_id=run_id, outcome=outcome, started_at=""), workspace.folder)

    monkeypatch.setattr(scheduling, "run_report", run)
    return asked


def test_a_due_moment_runs_once_and_nothing_is_due_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = workspace(tmp_path)
    asked = stand_in(monkeypatch, Outcome.SUCCESS)

    first, second = run_due(home, now=NOW), run_due(home, now=NOW)

    assert [call["slot"] for call in asked] == [datetime(2024, 6, 10, 7, tzinfo=UTC)]
    assert [answer.outcome for answer in first] == [Outcome.SUCCESS]
    assert second == []
    assert last_answered(home, find_job(home, "trial")[0]) == datetime(2024, 6, 10, 7, tzinfo=UTC)


def test_each_parameter_set_is_a_job_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = workspace(tmp_path, more="[parameter_sets.a]\nn = 1\n[parameter_sets.b]\nn = 2")
    asked = stand_in(monkeypatch, Outcome.SUCCESS)

    run_due(home, now=NOW)

    assert [call["parameter_set"] for call in asked] == ["a", "b"]


def test_infrastructure_is_tried_again_with_growing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = workspace(tmp_path, more='retries = 3\nretry_wait = "10s"')
    asked = stand_in(monkeypatch, Outcome.TIMEOUT, Outcome.FAILED_INFRASTRUCTURE, Outcome.SUCCESS)
    waits: list[float] = []

    [answer] = run_due(home, now=NOW, sleep=waits.append)

    assert answer.outcome is Outcome.SUCCESS
    assert [call["attempt"] for call in asked] == [1, 2, 3]
    assert waits == [10, 20]


def test_wrong_code_is_not_tried_again_and_its_exit_code_is_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = workspace(tmp_path, more="retries = 3")
    asked = stand_in(monkeypatch, Outcome.FAILED_CODE)

    answers = run_due(home, now=NOW, sleep=lambda _: pytest.fail("waited"))

    assert len(asked) == 1
    assert worst_exit_code(answers) == 1


def test_after_the_last_try_the_failure_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = workspace(tmp_path, more="retries = 1")
    asked = stand_in(monkeypatch, Outcome.TIMEOUT)

    answers = run_due(home, now=NOW, sleep=lambda _: None)

    assert [call["attempt"] for call in asked] == [1, 2]
    assert worst_exit_code(answers) == 5


def test_while_the_previous_run_goes_on_the_moment_is_skipped_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = workspace(tmp_path)
    asked = stand_in(monkeypatch, Outcome.SUCCESS)
    folder = build_folder(tmp_path) / "trial"
    folder.mkdir(parents=True)

    with FileLock(folder / ".defaults.lock"):
        answers = run_due(home, now=NOW)

    assert asked == []
    assert [(answer.outcome, answer.reason) for answer in answers] == [
        (Outcome.SKIPPED, "the previous run is still going")
    ]
    assert worst_exit_code(answers) == 0
    assert list_runs(home.state)[0].outcome == "skipped"
    assert run_due(home, now=NOW) == [], "a skipped moment is answered"


def test_a_queued_moment_waits_for_its_turn_and_gives_up_after_the_time_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = workspace(tmp_path, more='timeout = "200ms"', policy='overlap = "queue"')
    stand_in(monkeypatch, Outcome.SUCCESS)
    folder = build_folder(tmp_path) / "trial"
    folder.mkdir(parents=True)

    with FileLock(folder / ".defaults.lock"):
        [answer] = run_due(home, now=NOW)

    assert answer.outcome is Outcome.SKIPPED


def test_moments_that_were_missed_and_let_go_are_written_down_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = workspace(tmp_path, policy='missed = "skip"')
    asked = stand_in(monkeypatch, Outcome.SUCCESS)
    run_due(home, now=datetime(2024, 6, 7, 7, 1, tzinfo=UTC))

    answers = run_due(home, now=datetime(2024, 6, 10, 12, tzinfo=UTC))

    assert len(asked) == 1
    assert [answer.reason for answer in answers] == ['3 moments were missed and not run: missed = "skip"']
    assert run_due(home, now=datetime(2024, 6, 10, 12, 1, tzinfo=UTC)) == []


def test_two_processes_that_see_the_same_moment_run_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = workspace(tmp_path, policy='overlap = "queue"')
    asked = stand_in(monkeypatch, Outcome.SUCCESS)
    [job] = find_job(home, "trial")
    wait = FileLock.acquire

    def other_was_faster(lock: FileLock, *arguments: Any, **options: Any) -> Any:
        held = wait(lock, *arguments, **options)
        if not asked:
            scheduling.run_report(
                "trial", workspace=home, slot=datetime(2024, 6, 10, 7, tzinfo=UTC), parameter_set=None, attempt=1
            )
        return held

    monkeypatch.setattr(FileLock, "acquire", other_was_faster)

    assert scheduling.answer_job(home, job, now=NOW) == []
    assert len(asked) == 1


def test_a_report_without_a_schedule_says_what_to_add(tmp_path: Path) -> None:
    (tmp_path / "analytics.toml").write_text("")
    make_report(tmp_path, code("1"))

    with pytest.raises(ReportError, match=r"has no schedule. Add a \[schedule\]"):
        find_job(open_workspace(tmp_path), "trial")


def test_a_run_that_is_late_says_by_how_much_and_what_became_of_the_moments_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = workspace(tmp_path, policy='maximum_staleness = "2d"')
    stand_in(monkeypatch, Outcome.SUCCESS)
    run_due(home, now=datetime(2024, 6, 7, 7, 1, tzinfo=UTC))

    [late] = run_due(home, now=datetime(2024, 6, 10, 12, tzinfo=UTC))

    assert late.slot == datetime(2024, 6, 10, 7, tzinfo=UTC)
    assert late.note == 'late by 5 h; 2 moments were missed and not run: missed = "latest" runs the newest only'
    assert late.line().endswith(f"({late.note})")


def test_a_moment_that_is_too_old_names_the_rule_that_lets_it_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = workspace(tmp_path, policy='maximum_staleness = "1h"')
    stand_in(monkeypatch, Outcome.SUCCESS)
    run_due(home, now=datetime(2024, 6, 9, 7, 1, tzinfo=UTC))

    [passed] = run_due(home, now=datetime(2024, 6, 10, 12, tzinfo=UTC))

    assert passed.outcome is Outcome.SKIPPED
    assert passed.reason == "1 moment was missed and not run: older than maximum_staleness (1 h)"


def test_a_new_workspace_and_a_new_report_have_missed_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = workspace(tmp_path, policy='maximum_staleness = "30d"')
    asked = stand_in(monkeypatch, Outcome.SUCCESS)
    made = datetime(2024, 6, 10, 9, tzinfo=UTC).timestamp()
    for file in (home.folder / "analytics.toml", home.folder / "reports" / "trial" / "report.toml"):
        os.utime(file, (made, made))

    assert run_due(home, now=datetime(2024, 6, 10, 12, tzinfo=UTC)) == []  # 7:00 was before it came to be
    [late] = run_due(home, now=datetime(2024, 6, 11, 12, tzinfo=UTC))  # 7:00 of the next day was not
    assert late.slot == datetime(2024, 6, 11, 7, tzinfo=UTC)
    assert len(asked) == 1
