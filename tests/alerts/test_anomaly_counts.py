"""Every anomaly of the history is counted once in the lake, whatever was run again or cut short."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics_lib.alerts.anomaly_counts import METRIC, keep_anomalies
from analytics_lib.state.anomaly_history import AnomalyRecord, list_anomalies, record_anomalies, review_anomaly
from analytics_lib.workspace import Workspace, create_workspace

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "work")


def record(hours: int = 0, **given: Any) -> AnomalyRecord:
    values = {"series": "errors", "time": NOON + timedelta(hours=hours), "found_at": LATER, "value": 9.0, **given}
    return AnomalyRecord(**values)


def keep(workspace: Workspace, *found: AnomalyRecord) -> list[AnomalyRecord]:
    return keep_anomalies(workspace.state, workspace.lake, found)


def counted(workspace: Workspace) -> Any:
    return workspace.metrics(name=METRIC).execute().sort_values("time", ignore_index=True)


def test_an_anomaly_becomes_a_row_that_says_what_was_found(workspace: Workspace) -> None:
    assert keep(workspace, record(severity="high", reason="far above", found_by="monitor")) == list_anomalies(
        workspace.state
    )

    (row,) = counted(workspace).to_dict("records")
    assert (row["name"], row["type"], row["value"]) == ("anomalies_detected", "counter", 1.0)
    assert (row["tenant_id"], row["time"].to_pydatetime()) == ("default", NOON)
    tags = row["tags"] if isinstance(row["tags"], dict) else json.loads(row["tags"])
    assert tags == {"metric": "errors", "severity": "high", "message": "far above", "found_by": "monitor"}


def test_the_sum_is_how_many_the_history_holds_whatever_overlaps(workspace: Workspace) -> None:
    keep(workspace, record(0), record(1), record(1))
    keep(workspace, record(1, severity="high", found_at=LATER + timedelta(days=1)), record(2), record(series="orders"))
    keep(workspace, record(0), record(1))

    assert counted(workspace)["value"].sum() == len(list_anomalies(workspace.state)) == 4
    assert counted(workspace)["metric_id"].is_unique


def test_what_a_cut_run_left_uncounted_is_counted_by_the_next(workspace: Workspace) -> None:
    record_anomalies(workspace.state, [record()])

    assert keep(workspace, record()) == []
    assert len(counted(workspace)) == 1


def test_a_review_does_not_count_again(workspace: Workspace) -> None:
    keep(workspace, record())
    review_anomaly(workspace.state, record().anomaly_id, "dismissed", reviewed_by="ada", reviewed_at=LATER)
    keep(workspace, record())

    assert len(counted(workspace)) == 1


def test_nothing_found_writes_nothing(workspace: Workspace) -> None:
    assert keep(workspace) == []
    assert len(counted(workspace)) == 0
