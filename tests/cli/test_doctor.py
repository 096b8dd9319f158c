"""`analytics doctor` prints findings with advice and an honest exit code."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from analytics_lib.cli.application import application


def test_it_fails_where_the_folder_is_no_workspace(tmp_path: Path) -> None:
    answer = CliRunner().invoke(application, ["doctor", "--workspace", str(tmp_path)])

    assert answer.exit_code == 1
    assert "analytics init" in answer.output.replace("\n", "")


def test_machines_get_json(tmp_path: Path) -> None:
    answer = CliRunner().invoke(application, ["doctor", "--json", "--workspace", str(tmp_path)])

    assert {"check", "status", "fact", "advice"} == set(json.loads(answer.output)[0])
