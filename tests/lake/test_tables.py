from __future__ import annotations

import multiprocessing
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import ibis
import pytest

from analytics_lib.engine.provenance import data_version
from analytics_lib.errors import LakeBusyError, LakeError
from analytics_lib.lake.layout import EVENTS, TableLayout, columns
from analytics_lib.lake.locks import sink_lock
from analytics_lib.lake.tables import open_lake
from tests.lake.made import make_rows


def test_an_empty_lake_answers_with_typed_tables_of_no_rows(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "not" / "there")

    table = lake.read("events", start="2024-05-13", tenant_id="shop")

    assert lake.tables() == ("events", "metrics", "quarantine", "rollups")
    assert table.count().execute() == 0
    assert table.schema().to_pyarrow().equals(EVENTS.schema)
    assert data_version(table) == "events@empty"
    assert lake.version("events") is None
    assert lake.history("events").empty
    assert not (tmp_path / "not").exists(), "reading makes nothing"


def test_columns_come_back_with_the_types_they_are_promised(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(3), batch_id="1")

    read = lake.read("events")

    assert read.schema() == ibis.schema(EVENTS.schema)
    assert read.to_pyarrow().schema.equals(EVENTS.schema)
    assert read.to_pandas()["event_time"].dtype == "datetime64[us, UTC]"


def test_a_range_is_half_open_and_a_date_alone_as_its_end_means_that_whole_day(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(300), batch_id="1")
    times = lake.read("events").to_pandas()["event_time"]

    def between(start: object, end: object) -> int:
        return lake.read("events", start=start, end=end).count().execute()

    edge = times.sort_values().iloc[100].to_pydatetime()
    assert between("2024-05-13", "2024-05-13") == (times < "2024-05-14").sum()
    assert between(edge, None) == (times >= edge).sum()
    assert between(None, edge) == (times < edge).sum()
    assert between(datetime(2030, 1, 1, tzinfo=UTC), None) == 0


def test_a_tenant_and_a_choice_of_columns(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(5), batch_id="1")
    lake.append("events", make_rows(3, tenant_id="retail"), batch_id="2")

    frame = lake.read("events", tenant_id="retail", columns=["event_id", "day"]).to_pandas()

    assert list(frame.columns) == ["event_id", "day"]
    assert len(frame) == 3


def test_a_table_says_which_version_it_reads_through_any_expression(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(5), batch_id="1")
    lake.append("events", make_rows(5, start=5), batch_id="2")

    counted = lake.read("events", start="2024-05-14").group_by("event").agg(events=lambda rows: rows.count())

    assert data_version(counted) == "events@2"
    assert data_version(lake.read("events", as_of=1)) == "events@1"


def test_a_measurement_gets_a_table_of_its_own_that_any_process_can_open(tmp_path: Path) -> None:
    layout = TableLayout(
        "page_speeds",
        columns(tenant_id="string", name="string", value="float", time="timestamp", batch_id="string", day="date"),
        "time",
        ("tenant_id", "name", "time"),
        identity=("tenant_id", "name"),
        content=("value",),
    )
    open_lake(tmp_path).create(layout)
    lake = open_lake(tmp_path)
    rows = make_rows(2).select(["tenant_id", "event_time"]).rename_columns(["tenant_id", "time"])
    lake.append("page_speeds", rows.append_column("name", [["a", "b"]]), batch_id="1")

    assert "page_speeds" in lake.tables()
    assert lake.read("page_speeds").columns == tuple(layout.schema.names)
    assert lake.read("page_speeds").count().execute() == 2
    lake.create(layout)
    with pytest.raises(LakeError, match="there already, laid out differently"):
        lake.create(TableLayout("page_speeds", layout.schema, "time", ("name",)))


def test_a_lake_that_was_removed_is_empty_and_can_be_written_again(tmp_path: Path) -> None:
    lake = open_lake(tmp_path / "lake")
    lake.append("events", make_rows(5), batch_id="1")
    assert lake.read("events").count().execute() == 5

    shutil.rmtree(tmp_path / "lake")

    assert lake.read("events").count().execute() == 0
    assert lake.append("events", make_rows(5), batch_id="1").accepted == 5
    assert lake.read("events").count().execute() == 5


def test_an_unknown_table_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"no table 'event'\. Did you mean 'events'"):
        open_lake(tmp_path).read("event")


def test_the_history_tells_what_was_done(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    lake.append("events", make_rows(5), batch_id="monday")
    lake.append("events", make_rows(5, start=5), batch_id="tuesday")
    lake.compact("events", before=date(2024, 5, 14))
    lake.delete("events", {"user_id": ["u1"]})

    told = lake.history("events")

    assert list(told.operation) == ["delete", "compact", "append", "append", "create"]
    assert list(told.version) == [4, 3, 2, 1, 0]
    assert list(told.batch_id[2:4]) == ["tuesday", "monday"]
    assert list(told.rows_added[2:4]) == [5, 5]
    assert str(told.time.dtype) == "datetime64[us, UTC]"
    assert len(lake.history("events", limit=2)) == 2


def test_a_writer_gives_up_after_its_patience(tmp_path: Path) -> None:
    lake = open_lake(tmp_path, patience="100ms")

    with sink_lock(tmp_path, "events", timeout_seconds=1), pytest.raises(LakeBusyError):
        lake.append("events", make_rows(1), batch_id="1")
    assert lake.append("events", make_rows(1), batch_id="1").accepted == 1


def test_threads_share_one_lake(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)

    def work(number: int) -> int:
        if number % 2:
            lake.append("events", make_rows(10, start=10 * number), batch_id=str(number))
        return int(lake.read("events").count().execute())

    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(work, range(12)))

    assert all(count % 10 == 0 for count in seen), "never half a batch"
    assert lake.read("events").event_id.nunique().execute() == 60


def write_batches(folder: str, writer: int, batches: int) -> None:
    lake = open_lake(folder)
    for number in range(batches):
        # Both send the same events, so that the slower one brings duplicates only.
        lake.append("events", make_rows(20, start=20 * number), batch_id=f"{writer}-{number}")
        if number % 4 == 3:
            lake.compact("events")


def read_steadily(folder: str, until: int, answers: multiprocessing.Queue) -> None:
    lake, seen = open_lake(folder), []
    while not seen or seen[-1][0] < until:
        table = lake.read("events")
        counted = table.aggregate(rows=table.count(), ids=table.event_id.nunique()).to_pandas().iloc[0]
        seen.append((int(counted.rows), int(counted.ids)))
        time.sleep(0.1)
    answers.put(seen)


def test_many_readers_see_whole_batches_only_while_two_processes_write(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    folder, batches = str(tmp_path), 8
    writers = [context.Process(target=write_batches, args=(folder, number, batches)) for number in range(2)]
    readers = [context.Process(target=read_steadily, args=(folder, 20 * batches, answers)) for _ in range(3)]
    for process in (*readers, *writers):
        process.start()
    seen = [answers.get(timeout=200) for _ in readers]
    for process in (*readers, *writers):
        process.join(30)

    assert [process.exitcode for process in (*readers, *writers)] == [0] * 5
    for counts in seen:
        assert counts == sorted(counts), "a reader never goes back in time"
        assert all(rows == ids and rows % 20 == 0 for rows, ids in counts), "no half batch, nothing twice"
    assert open_lake(folder).read("events").count().execute() == 20 * batches
