"""How fast a file becomes stored events: our whole path beside a plain copy to Parquet, which checks nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd
from pyarrow import csv

from analytics_lib.ingestion.load import load
from analytics_lib.lake.tables import open_lake
from tests.benchmarks.events import make_events
from tests.benchmarks.timing import Measurement, compare

SIZES = {"small": (50_000,), "full": (200_000, 1_000_000)}


def measure(scale: str) -> Iterable[Measurement]:
    """Load CSV files of growing size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in SIZES[scale]:
            source = folder / f"{count}.csv"
            csv.write_csv(make_events(count, users=count // 20), source)
            yield from _one(source, count, folder)


def _one(source: Path, count: int, folder: Path) -> list[Measurement]:
    runs = iter(range(100))

    def ours() -> int:
        lake = open_lake(folder / f"lake-{count}-{next(runs)}")
        return load(source, lake=lake, keys=folder / "keys", format="csv").accepted

    def with_pandas() -> int:
        frame = pd.read_csv(source, parse_dates=["event_time"])
        frame.to_parquet(folder / "pandas.parquet")
        return len(frame)

    def with_duckdb() -> int:
        target = folder / "duckdb.parquet"
        answer = duckdb.sql(f"COPY (SELECT * FROM read_csv('{source}')) TO '{target}' (FORMAT parquet)")  # noqa: S608
        del answer
        return int(duckdb.sql(f"SELECT count(*) FROM '{target}'").fetchall()[0][0])  # noqa: S608

    task = f"load {count:,} events from CSV"
    return compare(
        task, ours, {"pandas to Parquet": with_pandas, "DuckDB to Parquet": with_duckdb}, repeats=2, same=_equal
    )


def _equal(one: object, other: object) -> bool:
    return one == other
