from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_lib.engine.tables import as_table, backend_of, dialect, to_arrow, to_frame, write_parquet
from analytics_lib.errors import ArgumentError, MissingColumnError

TIMES = pd.to_datetime(["2024-05-13T10:00:00.123456Z", None], utc=True)


def test_every_kind_of_table_gives_the_same_rows(events_as: Callable[[pd.DataFrame], Any]) -> None:
    frame = pd.DataFrame({"user_id": ["u1", None], "event_time": TIMES})

    found = to_arrow(as_table(events_as(frame), ["user_id"])).to_pylist()

    when = datetime(2024, 5, 13, 10, 0, 0, 123456, tzinfo=UTC)
    assert found == [{"user_id": "u1", "event_time": when}, {"user_id": None, "event_time": None}]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_naive_times_of_any_unit_are_utc_microseconds(unit: str) -> None:
    naive = pa.table({"event_time": pa.array([datetime(2024, 7, 1, 12)], pa.timestamp(unit))})  # noqa: DTZ001

    table = as_table(naive)

    assert table.schema()["event_time"].timezone == "UTC"
    assert to_arrow(table)["event_time"].to_pylist() == [datetime(2024, 7, 1, 12, tzinfo=UTC)]


def test_times_of_another_zone_are_the_same_moments() -> None:
    local = pa.table({"event_time": pa.array([0], pa.timestamp("us", "Asia/Kolkata"))})

    assert to_arrow(as_table(local))["event_time"].to_pylist() == [datetime(1970, 1, 1, tzinfo=UTC)]


def test_a_date_is_its_midnight_in_utc() -> None:
    dates = pa.table({"event_time": pa.array([0], pa.date32())})

    assert to_arrow(as_table(dates))["event_time"].to_pylist() == [datetime(1970, 1, 1, tzinfo=UTC)]


def test_times_as_text_are_refused_with_the_way_to_convert_them() -> None:
    with pytest.raises(ArgumentError, match=r"funnel needs times in 'event_time'.*pandas\.to_datetime"):
        as_table(pa.table({"event_time": ["2024-05-13"]}), analysis="funnel")


def test_a_missing_column_is_named_with_the_nearest() -> None:
    with pytest.raises(MissingColumnError, match="retention needs the column 'user_id'.*Did you mean 'userid'"):
        as_table(pd.DataFrame({"userid": ["u"]}), ["user_id"], analysis="retention")


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ArgumentError, match="was handed a list"):
        as_table([1, 2])


def test_batches_and_readers_of_batches_are_tables_too() -> None:
    batch = pa.record_batch({"a": [1, 2]})

    assert to_arrow(as_table(batch)).num_rows == 2
    assert to_arrow(as_table(pa.RecordBatchReader.from_batches(batch.schema, [batch, batch]))).num_rows == 4


@pytest.mark.filterwarnings("ignore:fetch_arrow_table")  # Ibis asks its DuckDB in an old way
def test_a_table_of_the_users_own_engine_stays_there() -> None:
    own = ibis.duckdb.connect()
    own.raw_sql("CREATE TABLE mine AS SELECT unnest([1, 2]) AS a")
    table = own.table("mine")

    assert backend_of(as_table(table)) is own
    assert dialect(table) == "duckdb"
    assert to_arrow(table.filter(table.a > 1))["a"].to_pylist() == [2]


@pytest.mark.filterwarnings("ignore:fetch_arrow_table")
def test_two_engines_in_one_expression_are_refused() -> None:
    engines = [ibis.duckdb.connect(":memory:", temp_directory=name) for name in ("a", "b")]
    for engine in engines:
        engine.raw_sql("CREATE TABLE mine AS SELECT 1 AS a")
    joined = engines[0].table("mine").join(engines[1].table("mine"), "a")

    with pytest.raises(ArgumentError, match="tables of two engines"):
        backend_of(joined)


def test_frames_keep_aware_microseconds() -> None:
    frame = to_frame(as_table(pd.DataFrame({"event_time": TIMES})))

    assert str(frame["event_time"].dtype) == "datetime64[us, UTC]"


def test_rows_are_written_in_their_order(tmp_path: Path) -> None:
    numbers = ibis.memtable(pa.table({"a": range(300_000)}))

    write_parquet(numbers.order_by(numbers.a.desc()), tmp_path / "new" / "rows.parquet", row_group_rows=100_000)

    assert pq.read_table(tmp_path / "new" / "rows.parquet")["a"].to_pylist() == list(reversed(range(300_000)))
    assert pq.read_metadata(tmp_path / "new" / "rows.parquet").num_row_groups >= 3
