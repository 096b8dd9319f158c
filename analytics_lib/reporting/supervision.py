"""Runs the child of a run with a hard deadline; whatever happens, no process of it is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analytics_lib.reporting.execution import EVIDENCE

LOG: Final = "run.log"


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
        try:
            child.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return Evidence(
                finished=False, error="Timeout", message=f"not done after {timeout_seconds:g} s", timed_out=True
            )
        finally:
            end_process_tree(child)
    return _read_evidence(folder, child.returncode)


def end_process_tree(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and everything it started; a kernel leaves its parent's group, so the tree is walked."""
    import psutil

    try:
        root = psutil.Process(child.pid)
        processes = [*root.children(recursive=True), root]
    except psutil.NoSuchProcess:
        child.wait()
        return
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    child.wait()


def _read_evidence(folder: Path, code: int) -> Evidence:
    try:
        told = json.loads((folder / EVIDENCE).read_text(encoding="utf-8"))
        return Evidence(finished=told["finished"], error=told["error"], message=told["message"])
    except (OSError, ValueError, KeyError):
        ended = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Evidence(finished=False, error="RunnerChildDied", message=f"the process ended with {ended}")
