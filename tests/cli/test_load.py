"""``analytics load`` loads, tells, and ends with a code that a script can use."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from analytics_lib.cli.application import application
from analytics_lib.cli.load import progress_bar
from analytics_lib.workspace import create_workspace

RUN = CliRunner()


@pytest.fixture
def workspace(tmp_path):
    create_workspace(tmp_path / "ws")
    (tmp_path / "x.csv").write_text("event,timestamp\na,2024-05-01\nb,soon\n")
    return tmp_path / "ws"


def call(workspace, *arguments: str):
    return RUN.invoke(application, ["load", str(workspace.parent / "x.csv"), "--workspace", str(workspace), *arguments])


def test_the_receipt_is_printed_and_kept_aside_is_no_failure(workspace):
    answer = call(workspace, "--tenant", "shop")
    assert answer.exit_code == 0
    assert "2 sent = 1 accepted + 0 duplicate + 1 quarantined + 0 rejected" in answer.output
    assert "tenant shop" in answer.output
    assert f"analytics quarantine list --workspace {workspace}" in answer.output
    assert "events/s" not in answer.output  # two events tell no rate


def test_a_dry_run_writes_nothing(workspace):
    assert "Would load" in call(workspace, "--dry-run").output
    assert "1 accepted" in call(workspace).output


def test_strict_refuses_with_its_own_code(workspace):
    answer = call(workspace, "--strict")
    assert answer.exit_code == 1
    assert "0 accepted" in answer.output


def test_the_receipt_can_be_json(workspace):
    assert json.loads(call(workspace, "--json").output)["accepted"] == 1


def test_a_wrong_format_is_an_error_of_ours(workspace):
    answer = call(workspace, "--format", "cvs")
    assert answer.exit_code != 0
    assert "Did you mean 'csv'" in str(answer.exception)


def test_formats_are_listed():
    assert "snowplow" in RUN.invoke(application, ["formats"]).output


def test_no_bar_is_drawn_where_nobody_looks(capsys):
    with progress_bar("x", shown=False) as progress:
        progress(1, 2)
    assert capsys.readouterr().err == ""
