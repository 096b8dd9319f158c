"""Every run of a report in the workspace's history, from its first moment, whatever becomes of it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from analytics_lib.reporting.outcomes import Outcome
from analytics_lib.reporting.verdict import Verdict
from analytics_lib.state.runs import RunRecord, list_runs, record_run, update_run
from analytics_lib.workspace import Workspace

SEARCHED: Final = 1000
"""Newest runs that are looked through for ones without an end."""


def record_begin(workspace: Workspace, verdict: Verdict, folder: Path) -> None:
    """Write down a run that has begun, with the process that answers for it."""
    record_run(
        workspace.state,
        RunRecord(
            run_id=verdict.run_id,
            report=verdict.report,
            outcome=verdict.outcome.value,
            started_at=datetime.fromisoformat(verdict.started_at),
            slot=datetime.fromisoformat(verdict.slot) if verdict.slot else None,
            attempt=verdict.attempt,
            parameters=verdict.parameters,
            parameter_set=verdict.parameter_set,
            folder=_relative(folder, workspace.folder),
            process_id=os.getpid(),
        ),
    )


def record_end(workspace: Workspace, verdict: Verdict) -> None:
    """Write down how a run ended."""
    update_run(
        workspace.state,
        verdict.run_id,
        outcome=verdict.outcome.value,
        ended_at=datetime.fromisoformat(verdict.ended_at) if verdict.ended_at else None,
        duration_seconds=verdict.duration_seconds,
        reason=verdict.reason,
        parameters=dict(verdict.parameters),
    )


def settle_lost_runs(workspace: Workspace) -> int:
    """End the runs whose process is gone (killed, or the machine went down); give how many there were."""
    lost = [run for run in list_runs(workspace.state, limit=SEARCHED) if run.outcome == "running" and not _alive(run)]
    for run in lost:
        reason = "the process that ran it is gone"
        update_run(workspace.state, run.run_id, outcome=Outcome.FAILED_INFRASTRUCTURE.value, reason=reason)
    return len(lost)


def _alive(run: RunRecord) -> bool:
    import psutil

    if run.process_id is None:
        return False
    try:
        born = psutil.Process(run.process_id).create_time()
    except psutil.Error:
        return False
    return born <= run.started_at.timestamp() + 1  # a later process has only been given the same number


def _relative(folder: Path, home: Path) -> str:
    resolved = folder.resolve()
    return resolved.relative_to(home).as_posix() if resolved.is_relative_to(home) else str(resolved)
