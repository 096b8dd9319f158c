"""Receipts are kept, newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics_lib.state.database import open_state
from analytics_lib.state.loads import LoadRecord, list_loads, record_load

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)


def test_loads_are_listed_newest_first_and_by_tenant(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    for number, tenant in enumerate(["shop", "retail", "shop"]):
        record_load(state, LoadRecord(str(number), tenant, "a.csv", "csv", NOON + timedelta(hours=number), {"sent": 3}))

    assert [load.load_id for load in list_loads(state)] == ["2", "1", "0"]
    assert [load.counts for load in list_loads(state, tenant_id="retail")] == [{"sent": 3}]
