"""`python -m analytics_lib` is the console script."""

from __future__ import annotations

import subprocess
import sys


def test_the_module_runs_as_a_program() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "analytics_lib", "--help"], capture_output=True, text=True, check=True, timeout=60
    )

    assert "analytics that people can trust" in answer.stdout
