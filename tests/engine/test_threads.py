from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from ibis.common.exceptions import TableNotFound
from pyarrow import parquet

from analytics_lib.engine.connections import connection
from analytics_lib.engine.tables import to_arrow


def registered() -> int:
    return connection().raw_sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall()[0][0]


def test_threads_ask_at_the_same_time_and_each_gets_its_own_answer() -> None:
    shared = ibis.memtable(pa.table({"number": range(1000)}))

    def ask(mine: int) -> tuple[int, int]:
        own = ibis.memtable(pa.table({"number": range(1000), "mine": [mine] * 1000}))
        joined = shared.inner_join(own, "number")
        row = to_arrow(joined.aggregate(rows=joined.count(), mine=joined["mine"].max())).to_pylist()[0]
        return row["rows"], row["mine"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [(1000, mine) for mine in range(40)]


def test_tables_made_in_one_thread_are_seen_in_all() -> None:
    connection().raw_sql("CREATE OR REPLACE VIEW seen_by_all AS SELECT 7 AS number")
    try:
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(lambda: connection().raw_sql("SELECT number FROM seen_by_all").fetchall()).result()
        assert found == [(7,)]
    finally:
        connection().raw_sql("DROP VIEW seen_by_all")


def test_a_table_in_memory_is_let_go_when_nobody_holds_it() -> None:
    gc.collect()
    connection().con  # noqa: B018 - lets go of what other tests left
    before = registered()
    table = ibis.memtable({"number": [1, 2, 3]})
    assert to_arrow(table.count()).as_py() == 3
    assert registered() == before + 1

    del table
    gc.collect()
    ibis.memtable({"number": [1]}).count().execute()  # the next use clears up

    assert registered() <= before + 1


def test_a_file_is_opened_without_a_warning_and_an_unknown_table_is_named(tmp_path: Path) -> None:
    table = pa.table({"number": [1], 'a "name"': ["x"], "when": pa.array([0], pa.timestamp("us", "UTC"))})
    parquet.write_table(table, tmp_path / "one.parquet")

    found = connection().read_parquet(tmp_path / "one.parquet")  # pytest makes an error of every warning

    assert found.schema() == ibis.memtable(table).schema()
    with pytest.raises(TableNotFound, match="nowhere"):
        connection().table("nowhere")
