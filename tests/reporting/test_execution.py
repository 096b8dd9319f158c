"""The child of a run says what it saw, also when there is nothing to run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_a_child_without_a_notebook_leaves_evidence_and_a_failing_exit_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "analytics_lib.reporting.execution", "{}"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    told = json.loads((tmp_path / "evidence.json").read_text())
    assert done.returncode == 1
    assert told["finished"] is False
    assert told["error"] == "FileNotFoundError"
