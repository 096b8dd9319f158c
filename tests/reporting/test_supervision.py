"""A child that ends in any way, or not at all, gives evidence, and none of its processes stays."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from analytics_lib.reporting import supervision
from analytics_lib.reporting.supervision import Evidence, end_process_tree, execute_supervised


def child_runs(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the child be a few lines of Python instead of a notebook run."""
    start = subprocess.Popen
    monkeypatch.setattr(
        supervision.subprocess, "Popen", lambda _, **options: start([sys.executable, "-c", program], **options)
    )


def test_a_child_that_dies_by_a_signal_says_nothing_and_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child_runs("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", monkeypatch)

    evidence = execute_supervised(tmp_path, {}, timeout_seconds=20, environment={})

    assert evidence == Evidence(finished=False, error="RunnerChildDied", message="the process ended with signal 9")


def test_a_child_that_ends_well_without_evidence_is_a_failure_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child_runs("print('done')", monkeypatch)

    evidence = execute_supervised(tmp_path, {}, timeout_seconds=20, environment={})

    assert not evidence.finished
    assert (tmp_path / "run.log").read_text() == "done\n"


def test_the_child_is_told_where_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child_runs("import os; print(os.environ['ANALYTICS_MODE'], os.getcwd())", monkeypatch)

    execute_supervised(tmp_path, {}, timeout_seconds=20, environment={"ANALYTICS_MODE": "report"})

    assert (tmp_path / "run.log").read_text() == f"report {tmp_path}\n"


def test_grandchildren_in_their_own_group_end_as_well() -> None:
    program = (
        "import subprocess, sys, time;"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True).pid,"
        " flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())

        end_process_tree(child)

    assert child.returncode == -9
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE


def test_whoever_stops_the_scheduler_ends_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child_runs("import time; time.sleep(60)", monkeypatch)
    threading.Timer(0.3, supervision.end_running).start()

    evidence = execute_supervised(tmp_path, {}, timeout_seconds=20, environment={})

    assert (evidence.error, evidence.message) == ("RunnerChildDied", "the process ended with signal 9")
