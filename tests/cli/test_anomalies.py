"""`analytics anomalies`, as typed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analytics_lib.cli.application import application
from analytics_lib.errors import ArgumentError
from analytics_lib.state.anomaly_history import AnomalyRecord, record_anomalies
from analytics_lib.workspace import open_workspace

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)
FOUND = AnomalyRecord(series="errors", time=NOON, found_at=NOON, value=93.0, severity="high", reason="spike")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "analytics.toml").write_text("")
    record_anomalies(open_workspace(tmp_path).state, [FOUND])
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(application, ["anomalies", *words], env={"COLUMNS": "200"})


def test_where_none_is_kept_that_is_said(workspace: Path) -> None:
    assert "No anomaly is kept that fits." in typed("list", "--series", "visits", "-w", str(workspace)).stdout


def test_a_found_anomaly_is_listed_and_reviewed(workspace: Path) -> None:
    listed = typed("list", "-w", str(workspace)).stdout
    assert FOUND.anomaly_id in listed
    assert "2024-05-13 12:00" in listed

    told = typed("review", FOUND.anomaly_id, "dismissed", "--by", "ada", "--note", "a test", "-w", str(workspace))

    assert told.stdout == f"{FOUND.anomaly_id}: errors at 2024-05-13 12:00 UTC is dismissed\n"
    assert FOUND.anomaly_id not in typed("list", "--status", "new", "-w", str(workspace)).stdout
    line = next(row for row in typed("list", "-w", str(workspace)).stdout.splitlines() if FOUND.anomaly_id in row)
    assert line.split()[-4:] == ["dismissed", "ada", "a", "test"]


def test_an_unknown_id_is_explained(workspace: Path) -> None:
    done = typed("review", "nothing", "confirmed", "-w", str(workspace))

    assert isinstance(done.exception, ArgumentError)
    assert "no anomaly 'nothing'" in str(done.exception)
