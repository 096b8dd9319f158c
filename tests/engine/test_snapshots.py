from __future__ import annotations

import gc
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_lib.engine.connections import connection
from analytics_lib.engine.provenance import data_version
from analytics_lib.engine.snapshots import asked_once, file_table

SCHEMA = pa.schema([("name", pa.string()), ("at", pa.timestamp("us", "UTC")), ("day", pa.date32())])


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = []
    for number, day in enumerate(("2024-05-13", "2024-05-14")):
        folder = tmp_path / f"day={day}" / "it's here"
        folder.mkdir(parents=True)
        rows = pa.table({"name": [f"n{number}"], "at": pa.array([number], pa.timestamp("us", "UTC"))})
        pq.write_table(rows, folder / "part.parquet")
        paths.append(str(folder / "part.parquet"))
    return paths


def views() -> set[str]:
    found = connection().raw_sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    return {name for (name,) in found if "snapshot" in name}


def test_a_table_reads_exactly_the_files_it_was_given(files: list[str]) -> None:
    both = file_table(files, SCHEMA, data_version="snapshot@1", partition="day")
    one = file_table(files[:1], SCHEMA, data_version="snapshot@0", partition="day")

    assert sorted(both.to_pyarrow().to_pydict()["day"]) == [date(2024, 5, 13), date(2024, 5, 14)]
    assert one.to_pyarrow()["name"].to_pylist() == ["n0"]
    assert (data_version(both), data_version(one)) == ("snapshot@1", "snapshot@0")
    assert both.to_pyarrow().schema.equals(SCHEMA)


def test_no_files_are_a_typed_table_of_no_rows() -> None:
    table = file_table([], SCHEMA, data_version="snapshot@empty", partition="day")

    assert table.to_pyarrow().schema.equals(SCHEMA)
    assert table.count().execute() == 0


def test_columns_that_no_file_has_are_null_when_the_table_has_evolved(files: list[str]) -> None:
    grown = SCHEMA.append(pa.field("later", pa.float64()))

    table = file_table(files, grown, data_version="snapshot@2", partition="day", evolved=True)

    assert table.to_pyarrow()["later"].to_pylist() == [None, None]
    assert table.filter(table.later.isnull()).count().execute() == 2


def test_the_same_snapshot_is_one_view_and_goes_with_its_last_expression(files: list[str]) -> None:
    gc.collect()
    file_table([], SCHEMA, data_version="other@1")
    assert views() == set()
    first = file_table(files, SCHEMA, data_version="snapshot@3", partition="day")
    derived = file_table(files, SCHEMA, data_version="snapshot@3", partition="day").filter(first.name == "n1")
    assert len(views()) == 1

    del first
    gc.collect()
    file_table([], SCHEMA, data_version="other@2")
    assert derived.count().execute() == 1

    del derived
    gc.collect()
    file_table([], SCHEMA, data_version="other@3")
    assert views() == set()


def test_what_was_asked_of_a_snapshot_is_not_asked_again_as_long_as_somebody_holds_it(files: list[str]) -> None:
    asked: list[str] = []

    def ask() -> int:
        asked.append("again")
        return len(asked)

    table = file_table(files, SCHEMA, data_version="snapshot@7", partition="day")
    chosen = table.filter(table.name == "n0")
    assert [asked_once(one, "number", ask) for one in (table, chosen, table, chosen)] == [1, 2, 1, 2]
    assert asked_once(table.filter(table.name == "n0"), "number", ask) == 2
    assert asked_once(table, "another", ask) == 3

    del table, chosen
    gc.collect()
    assert asked_once(file_table(files, SCHEMA, data_version="snapshot@7", partition="day"), "number", ask) == 4


def test_what_may_change_is_asked_each_time(files: list[str]) -> None:
    table = file_table(files, SCHEMA, data_version="snapshot@8", partition="day")
    live = connection().read_parquet(files)
    counted = iter(range(9))

    for one in (live, live, table.filter(table["at"] < ibis.now()), table.filter(table["at"] < ibis.now())):
        asked_once(one, "number", lambda: next(counted))
    asked_once(table.mutate(name=table.name.upper()), "number", lambda: next(counted))
    asked_once(table.mutate(name=table.name.upper()), "number", lambda: next(counted))

    assert next(counted) == 6
