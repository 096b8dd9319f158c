"""`analytics report`, as typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analytics_lib.cli.application import application
from analytics_lib.cli.report import parse_assignments
from analytics_lib.errors import ArgumentError
from tests.reporting.trial import code, make_report, markdown

TOML = 'title = "Trial"\naudience = "Everybody"\ndescription = "Does it run?"\n[parameter_sets.large]\nn = 300\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "analytics.toml").write_text("")
    make_report(tmp_path, code("n: int = 1  # how many", "parameters"), code("print(n)"), toml=TOML)
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(application, ["report", *words], env={"COLUMNS": "200"})


def test_reports_are_listed_with_audience_and_sets(workspace: Path) -> None:
    done = typed("list", "--workspace", str(workspace))

    assert done.exit_code == 0
    assert "trial" in done.stdout
    assert "Everybody" in done.stdout
    assert "large" in done.stdout


def test_a_report_shows_its_contract(workspace: Path) -> None:
    done = typed("show", "trial", "-w", str(workspace))

    assert "Does it run?" in done.stdout
    assert "how many" in done.stdout
    assert "Set large: n=300" in done.stdout


def test_a_bad_parameter_ends_with_code_2_and_says_why_on_the_error_stream(workspace: Path) -> None:
    done = typed("run", "trial", "-p", "n=many", "-w", str(workspace))

    assert done.exit_code == 2
    assert "parameter n='many' is not a whole number. Give a whole number, like 42 (n: how many)." in done.stderr
    assert str(workspace / "reports" / "_build" / "trial") in done.stdout
    assert "bad_parameters" in typed("history", "trial", "-w", str(workspace)).stdout


def test_an_unknown_report_is_two_sentences_and_no_traceback(workspace: Path) -> None:
    command = [sys.executable, "-m", "analytics_lib", "report", "run", "trail", "--workspace", str(workspace)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2  # as the help says: the word was wrong, no notebook failed
    assert done.stderr == "error: there is no report 'trail'. Did you mean 'trial'?\n"


@pytest.mark.notebooks
def test_a_failing_notebook_is_one_line_with_the_copy_and_its_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / "analytics.toml").write_text("")
    make_report(tmp_path, markdown("# Why?\n## Sums"), code("1 / 0"))

    done = typed("run", "trial", "--workspace", str(tmp_path))

    [line] = done.stderr.splitlines()
    assert done.exit_code == 1
    assert line.startswith(
        "trial: failed_code – trial/report.ipynb, cell [1] under “Sums”: ZeroDivisionError: division"
    )
    assert line.endswith("executed.ipynb)")


def test_assignments_keep_everything_behind_the_first_sign() -> None:
    assert parse_assignments(["a=1", " b =x=y ", "c="]) == {"a": "1", "b": "x=y ", "c": ""}
    with pytest.raises(ArgumentError, match="'a' is not name=value"):
        parse_assignments(["a"])
    with pytest.raises(ArgumentError, match="'a' is given twice"):
        parse_assignments(["a=1", "a=2"])
