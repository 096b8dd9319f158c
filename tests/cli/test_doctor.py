"""`analytics doctor` prints findings with advice and an honest exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_lib.cli.application import application


def test_it_fails_where_the_folder_is_no_workspace(tmp_path: Path) -> None:
    answer = CliRunner().invoke(application, ["doctor", "--workspace", str(tmp_path)])

    assert answer.exit_code == 1
    assert "analytics init" in answer.output.replace("\n", "")


def test_without_a_workspace_it_says_what_it_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYTICS_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert "Name one with --workspace FOLDER" in CliRunner().invoke(application, ["doctor"]).output

    monkeypatch.setenv("ANALYTICS_WORKSPACE", str(tmp_path / "gone"))
    answer = CliRunner().invoke(application, ["doctor"])
    assert answer.exit_code == 1
    assert "there is no folder" in answer.output


def test_machines_get_json(tmp_path: Path) -> None:
    answer = CliRunner().invoke(application, ["doctor", "--json", "--workspace", str(tmp_path)])

    assert {"check", "status", "fact", "advice"} == set(json.loads(answer.output)[0])
