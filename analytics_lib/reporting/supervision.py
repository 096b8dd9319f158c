"""Runs the child of a run with a hard deadline; whatever happens, no process of it is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analytics_lib.reporting.execution import EVIDENCE

LOG: Final = "run.log"
GONE_SECONDS: Final = 5
"""A killed process is gone by then, or the system is in trouble."""
_running: Final[set[subprocess.Popen[bytes]]] = set()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a child that ended."""

    finished: bool
    """Whether the child says that it came to its end without an error."""
    error: str = ""
    message: str = ""
    timed_out: bool = False


def execute_supervised(
    folder: Path, parameters: Mapping[str, Any], *, timeout_seconds: float, environment: Mapping[str, str]
) -> Evidence:
    """Execute the notebook in a run's folder in a process of its own; kill it and its kernel at the deadline.

    Parameters
    ----------
    folder
        The run's folder; it holds the snapshot and gets the copy, the log and the evidence.
    parameters
        Values for the injected cell, as the notebook sees them.
    timeout_seconds
        Hard limit, kernel start included.
    environment
        Variables added to those of this process.
    """
    command = [sys.executable, "-m", "analytics_lib.reporting.execution", json.dumps(dict(parameters))]
    with (folder / LOG).open("ab") as log:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.add(child)
        try:
            child.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return Evidence(
                finished=False, error="Timeout", message=f"not done after {timeout_seconds:g} s", timed_out=True
            )
        finally:
            end_process_tree(child)
            _running.discard(child)
    return _read_evidence(folder, child.returncode)


def end_process_tree(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and everything it started; a kernel leaves its parent's group, so the tree is walked."""
    import psutil

    try:
        root = psutil.Process(child.pid)
        processes = [*root.children(recursive=True), root]
    except psutil.NoSuchProcess:
        processes = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    child.wait()
    deadline = time.monotonic() + GONE_SECONDS
    while not all(_is_gone(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.01)


def _is_gone(process: Any) -> bool:
    import psutil

    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)  # dead, and only its new parent has not noticed
    except psutil.NoSuchProcess:
        return True


def end_running() -> None:
    """End all runs of this process; each is judged a failure by whoever waits for it."""
    for child in list(_running):
        end_process_tree(child)


def _read_evidence(folder: Path, code: int) -> Evidence:
    try:
        told = json.loads((folder / EVIDENCE).read_text(encoding="utf-8"))
        return Evidence(finished=told["finished"], error=told["error"], message=told["message"])
    except (OSError, ValueError, KeyError):
        ended = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Evidence(finished=False, error="RunnerChildDied", message=f"the process ended with {ended}")
