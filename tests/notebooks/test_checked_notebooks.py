"""A small set of notebooks is kept *with* its outputs; nbval runs it and compares the cells that say so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

CHECKED = ROOT / "tests" / "notebooks" / "checked"


@pytest.mark.notebooks
def test_kept_outputs_come_out_again() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-lax",
        "--nbval-cell-timeout=120",
        "-p",
        "no:xdist",
        "-W",
        "ignore",
    ]

    answer = subprocess.run(
        [*command, "--rootdir", str(CHECKED), "-c", "/dev/null", str(CHECKED)],
        capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip

    assert answer.returncode == 0, answer.stdout[-3000:]
