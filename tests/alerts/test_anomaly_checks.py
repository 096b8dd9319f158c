"""A check keeps, counts, logs and tells what is new, once; and says so when nothing is."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics_lib.alerts.anomaly_checks import CHECK_METRIC, AnomalyCheck, record_check
from analytics_lib.state.anomaly_history import AnomalyRecord
from analytics_lib.workspace import Workspace, create_workspace

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "work")


def record(hours: int, severity: str) -> AnomalyRecord:
    given: dict[str, Any] = {"series": "errors", "time": NOON + timedelta(hours=hours), "found_at": NOON}
    return AnomalyRecord(**given, value=9.0, severity=severity, reason="spike: 9 where about 2 was expected")


def check(workspace: Workspace, *found: AnomalyRecord, hour: int = 0) -> AnomalyCheck:
    moment = NOON + timedelta(hours=hour)
    return record_check(workspace.state, workspace.lake, found, series="errors", checked_at=moment)


def test_what_is_new_is_logged_told_and_alerted_once(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="analytics_lib.anomalies"):
        first = check(workspace, record(0, "high"), record(1, "low"))
        again = check(workspace, record(0, "high"), record(1, "low"), hour=1)

    assert [entry.levelname for entry in caplog.records] == ["WARNING", "INFO"]
    (alert,) = first.alerts  # high alone
    assert (alert["type"], alert["severity"], alert["title"]) == ("anomaly", "warning", "Anomaly detected: errors")
    assert (alert["context"]["value"], alert["context"]["tenant_id"]) == (9.0, "default")
    assert first.update is not None
    assert (first.update["metric"], first.update["value"]) == ("anomalies_detected", 2)
    assert [one["severity"] for one in first.update["metadata"]] == ["high", "low"]
    json.dumps([first.alerts, first.update])  # plain values
    assert (again.alerts, again.update) == ([], None)


def test_nothing_new_is_a_row_of_value_0_and_no_update(workspace: Workspace) -> None:
    assert check(workspace).update is None
    check(workspace)  # told twice
    check(workspace, record(0, "high"), hour=1)

    (row,) = workspace.metrics(name=CHECK_METRIC).execute().to_dict("records")
    assert (row["value"], row["tenant_id"], row["time"].to_pydatetime()) == (0.0, "default", NOON)
