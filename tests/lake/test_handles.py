from __future__ import annotations

from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from analytics_lib.errors import LakeError
from analytics_lib.lake import handles
from analytics_lib.lake.handles import TableHandle, stored_layout, told
from analytics_lib.lake.layout import EVENTS, METRICS, TableLayout, columns
from analytics_lib.lake.tables import open_lake
from tests.lake.made import make_rows


def test_a_kept_table_sees_what_others_wrote(tmp_path: Path) -> None:
    handle = TableHandle(tmp_path, EVENTS)
    handle.create("interval 90 days")
    before = handle.fresh().version()

    open_lake(tmp_path).append("events", make_rows(3), batch_id="other")

    assert handle.fresh().version() == before + 1


def test_a_kept_table_is_opened_anew_after_enough_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles, "REOPEN_EVERY", 2)
    lake, handle = open_lake(tmp_path), TableHandle(tmp_path, EVENTS)
    handle.create("interval 90 days")
    first = handle.fresh()

    lake.append("events", make_rows(1), batch_id="1")
    assert handle.fresh() is first
    lake.append("events", make_rows(1, start=1), batch_id="2")
    assert handle.fresh() is not first


def test_a_table_is_made_with_checkpoints_and_its_history_kept(tmp_path: Path) -> None:
    TableHandle(tmp_path, METRICS).create("interval 48 hours")

    kept = DeltaTable(str(tmp_path / "metrics")).metadata()
    assert kept.configuration["delta.checkpointInterval"] == "100"
    assert kept.configuration["delta.logRetentionDuration"] == "interval 48 hours"
    assert kept.partition_columns == ["day"]


def test_columns_that_came_later_are_null_in_older_files(tmp_path: Path) -> None:
    older = columns(tenant_id="string", time="timestamp", value="float", batch_id="string", day="date")
    newer = columns(tenant_id="string", time="timestamp", value="float", unit="string", batch_id="string", day="date")
    lake = open_lake(tmp_path)
    lake.create(TableLayout("speeds", older, "time", ("tenant_id",)))
    rows = make_rows(2).select(["tenant_id", "event_time"]).rename_columns(["tenant_id", "time"])
    lake.append("speeds", rows, batch_id="1")

    grown = open_lake(tmp_path)
    grown.create(TableLayout("speeds", newer, "time", ("tenant_id",)))
    grown.append("speeds", rows.append_column("unit", [["km", "mi"]]), batch_id="2")

    assert sorted(grown.read("speeds").to_pandas()["unit"].fillna("unknown")) == ["km", "mi", "unknown", "unknown"]
    assert len(grown.read("speeds", as_of=1).to_pandas()) == 2


def test_a_table_explains_its_own_layout(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(1), batch_id="1")

    assert stored_layout(tmp_path, "events") == EVENTS
    assert stored_layout(tmp_path, "nowhere") is None


def test_a_foreign_delta_table_is_refused(tmp_path: Path) -> None:
    write_deltalake(str(tmp_path / "foreign"), make_rows(1))

    with pytest.raises(LakeError, match="'foreign' was not made by this library"):
        open_lake(tmp_path).read("foreign")


def test_a_panic_inside_the_delta_library_becomes_an_error_of_ours() -> None:
    panic = type("PanicException", (BaseException,), {})

    with (
        pytest.raises(LakeError, match=r"appending failed inside the Delta library: boom\. Start worker"),
        told("appending"),
    ):
        raise panic("boom\nbacktrace")


def test_faults_are_told_with_advice_but_a_lost_race_stays_what_it_is() -> None:
    with pytest.raises(LakeError, match="reading failed: disk on fire"), told("reading"):
        raise DeltaError("disk on fire")
    with pytest.raises(CommitFailedError), told("reading"):
        raise CommitFailedError("other was first")
    with pytest.raises(KeyboardInterrupt), told("reading"):
        raise KeyboardInterrupt
