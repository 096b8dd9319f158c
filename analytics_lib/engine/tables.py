"""Any kind of table in, an Ibis table out; expressions in, frames out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import ibis
import ibis.expr.datatypes as dt
import pandas as pd
import pyarrow as pa

from analytics_lib import checks
from analytics_lib.engine.connections import connection
from analytics_lib.errors import ArgumentError

Table: TypeAlias = Any
"""An Ibis table; Ibis ships no types."""

AnyTable: TypeAlias = Any
"""A lake handle or other Ibis table, a pandas frame or an Arrow table, with canonical column names."""

_TIMES = ("event_time", "client_time", "sent_at", "received_at", "stored_at", "time", "start", "end")


def as_table(data: AnyTable, needed: Iterable[str] = (), *, analysis: str = "this analysis") -> Table:
    """Give an Ibis table over what was handed, without copying what is already one.

    Naive times are UTC. A column with the time in text is refused by its type, not guessed.

    Raises
    ------
    ArgumentError
        `data` is no table.
    MissingColumnError
        A needed column is not there.
    """
    table = data if isinstance(data, ibis.Table) else ibis.memtable(_arrow(data, analysis))
    checks.columns(table.columns, needed, analysis=analysis)
    return _utc_times(table, analysis)


def _arrow(data: AnyTable, analysis: str) -> pa.Table:
    if isinstance(data, pa.RecordBatchReader):
        data = data.read_all()
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pd.DataFrame):
        return pa.Table.from_pandas(data, preserve_index=False)
    raise ArgumentError(
        f"{analysis} was handed a {type(data).__name__}",
        "Hand over an Ibis table, a pandas frame or an Arrow table.",
    )


def _utc_times(table: Table, analysis: str) -> Table:
    changes = {}
    for name in _TIMES:
        if name not in table.columns:
            continue
        kind = table.schema()[name]
        if not (kind.is_timestamp() or kind.is_date() or kind.is_null()):
            if name == "event_time":
                advice = "Turn it into a time first, for example with pandas.to_datetime(…, utc=True)."
                raise ArgumentError(f"{analysis} needs times in {name!r}, which holds {kind}", advice)
            continue
        if not kind.is_timestamp() or kind.timezone is None or kind.scale not in (None, 6):
            changes[name] = table[name].cast(dt.Timestamp(timezone="UTC"))
    return table.mutate(**changes) if changes else table


def backend_of(table: Any) -> Any:
    """Give the Ibis backend that will run an expression: the user's own, else ours."""
    backends, _ = table._find_backends()
    if len(backends) > 1:
        raise ArgumentError("the expression joins tables of two engines", "Bring both tables into one engine first.")
    return backends[0] if backends else connection()


def dialect(table: Any) -> str:
    """Give the engine's name: ``duckdb``, ``pyspark``, …."""
    return str(backend_of(table).name)


def to_arrow(expression: Any) -> pa.Table:
    """Run an expression and give an Arrow table."""
    return backend_of(expression).to_pyarrow(expression)


def to_frame(expression: Any) -> pd.DataFrame:
    """Run an expression and give a small pandas frame; times stay aware UTC microseconds."""
    return to_arrow(expression).to_pandas()


def write_parquet(expression: Any, path: Path, *, row_group_rows: int = 131_072) -> None:
    """Run an expression and write its rows, in their order, into one Parquet file.

    Larger than memory is fine: the engine sorts on disk and writes as it reads. Version 2 of the format's
    encodings writes times as the steps between them, which are read in half the time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"compression": "zstd", "row_group_size": row_group_rows, "parquet_version": "V2"}
    backend_of(expression).to_parquet(expression, path, **options)
