"""The history knows every run from its first moment, and notices those whose process is gone."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics_lib.reporting.history import record_begin, record_end, settle_lost_runs
from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.verdict import Verdict
from analytics_lib.state.runs import RunRecord, list_runs, record_run
from analytics_lib.workspace import Workspace, open_workspace

NOW = datetime.now(UTC).replace(microsecond=0)


def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "analytics.toml").write_text("")
    return open_workspace(tmp_path)


def test_a_run_is_known_from_its_beginning_and_ends_with_its_verdict(tmp_path: Path) -> None:
    home = workspace(tmp_path)
    slot = "2024-06-10T07:00:00+00:00"
    verdict = Verdict(
        report="weekly",
        run_id="r1",
        outcome=Outcome.RUNNING,
        started_at=NOW.isoformat(),
        slot=slot,
        parameters={"n": 1},
    )

    record_begin(home, verdict, tmp_path / "reports" / "_build" / "weekly" / "r1")
    [begun] = list_runs(home.state)
    record_end(
        home,
        verdict.amended(outcome=Outcome.TIMEOUT, reason="too slow", ended_at=NOW.isoformat(), duration_seconds=9.5),
    )
    [ended] = list_runs(home.state)

    assert (begun.outcome, begun.process_id, begun.slot) == ("running", os.getpid(), datetime.fromisoformat(slot))
    assert begun.folder == "reports/_build/weekly/r1", "a workspace can be moved"
    assert (ended.outcome, ended.reason, ended.duration_seconds) == ("timeout", "too slow", 9.5)
    assert ended.parameters == {"n": 1}


def test_a_run_whose_process_is_gone_is_ended_as_a_failure_and_a_living_one_is_left(tmp_path: Path) -> None:
    home = workspace(tmp_path)
    long_ago = NOW - timedelta(days=9000)
    for run_id, process, started in [
        ("alive", os.getpid(), datetime.now(UTC)),
        ("dead", 2**22 + 7, NOW),  # above any process number of the system
        ("reused", os.getpid(), long_ago),  # this process is younger than that run
        ("unknown", None, NOW),
    ]:
        record_run(
            home.state,
            RunRecord(run_id=run_id, report="weekly", outcome="running", started_at=started, process_id=process),
        )

    assert settle_lost_runs(home) == 3

    outcomes = {run.run_id: run.outcome for run in list_runs(home.state)}
    assert outcomes == {
        "alive": "running",
        "dead": "failed_infrastructure",
        "reused": "failed_infrastructure",
        "unknown": "failed_infrastructure",
    }
