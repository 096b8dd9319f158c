"""The second life of a notebook: each one runs from top to bottom under Papermill, on the demonstration's data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

EXPLORE = sorted((ROOT / "notebooks" / "explore").glob("*.ipynb"))
SECONDS = 120

pytestmark = pytest.mark.notebooks


def run(notebook: Path, copy: Path, workspace: Path, **parameters: str) -> dict[str, object]:
    """Execute a notebook in a process of its own, as a schedule would; give the executed copy."""
    options = [word for name, value in parameters.items() for word in ("-p", name, value)]
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "--execution-timeout", str(SECONDS), *options]
    answer = subprocess.run(
        [*command, str(notebook), str(copy)],
        env={**os.environ, "ANALYTICS_WORKSPACE": str(workspace), "ANALYTICS_MODE": "report"},
        capture_output=True, text=True, check=False, timeout=SECONDS * 2,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-3000:]
    return dict(json.loads(copy.read_text()))


@pytest.mark.parametrize("notebook", EXPLORE, ids=lambda path: path.stem)
def test_it_runs_and_every_output_has_a_form_that_a_file_can_show(
    notebook: Path, tmp_path: Path, demo_workspace: Path
) -> None:
    copy = run(notebook, tmp_path / "copy.ipynb", demo_workspace)

    outputs = [output for cell in copy["cells"] for output in cell.get("outputs", ())]  # type: ignore[attr-defined]
    shown = [output["data"] for output in outputs if "data" in output]
    assert shown
    assert all("text/plain" in data or "text/html" in data for data in shown)
    assert not [output for output in outputs if output["output_type"] == "error"]
