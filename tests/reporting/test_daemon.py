"""The scheduler in the foreground: hands out what is due once, survives a wrong definition, ends when told."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics_lib.errors import ReportError
from analytics_lib.reporting import daemon
from analytics_lib.reporting.daemon import Daemon
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.scheduling import Answer, Job
from analytics_lib.workspace import open_workspace
from tests.reporting.trial import code, make_report

NOW = datetime(2024, 6, 10, 7, 1, tzinfo=UTC)


@pytest.fixture
def watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    monkeypatch.setattr(
        "analytics_lib.reporting.reports.report_roots", lambda workspace: [workspace.folder / "reports"]
    )
    (tmp_path / "analytics.toml").write_text("")
    make_report(tmp_path, code("1"), toml='title = "Trial"\n[schedule]\ncron = "0 7 * * *"\n')
    for file in (tmp_path / "analytics.toml", tmp_path / "reports" / "trial" / "report.toml"):
        os.utime(file, (0, 0))  # a schedule that was written just now would have missed nothing
    return Daemon(open_workspace(tmp_path), tell=[].append, workers=1)


def test_a_moment_that_waits_for_a_worker_is_not_handed_out_twice(watcher: Daemon) -> None:
    watcher.look(NOW)
    watcher.look(NOW)

    assert len(watcher._scheduler.get_jobs()) == 1


def test_a_wrong_definition_is_told_and_nothing_ends(watcher: Daemon, tmp_path: Path) -> None:
    told: list[str] = []
    watcher.tell = told.append
    (tmp_path / "reports" / "trial" / "report.toml").write_text("title = 1")

    watcher.look(NOW)

    assert "report.toml, line 1: title = 1 can't be used" in told[0]


def test_it_looks_at_once_runs_what_is_due_and_ends_on_a_signal(
    watcher: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    watcher.tell = told.append
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def answer(_: object, job: Job, *, now: datetime, sleep: object) -> list[Answer]:
        threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGTERM]).start()
        return [Answer(job, now.replace(second=0, microsecond=0), Outcome.SKIPPED, "stood in for")]

    monkeypatch.setattr(daemon, "answer_job", answer)
    begun = time.monotonic()
    try:
        watcher.serve()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

    assert time.monotonic() - begun < 5
    assert told[0].endswith("trial: skipped – stood in for")


def test_a_wait_between_tries_ends_when_the_scheduler_does(watcher: Daemon) -> None:
    watcher.stop()

    with pytest.raises(ReportError, match="was ended before the next try"):
        watcher._sleep(60)
