"""Rows in, exactly once: the same batch twice, a crash in between or a second writer change nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from deltalake import CommitProperties, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError
from deltalake.writer.properties import ColumnProperties
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from analytics_lib.engine.keys import PERSON_KEY
from analytics_lib.errors import LakeBusyError
from analytics_lib.lake.handles import TableHandle, told
from analytics_lib.lake.identities import Verdicts, judge, known_rows
from analytics_lib.lake.layout import PARTITION, TableLayout
from analytics_lib.lake.person_keys import with_person_keys
from analytics_lib.lake.snapshots import snapshot_of

ROW_GROUP_ROWS = 131_072
"""Rows of a Parquet row group: the smallest piece that a reader can skip."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch; ``accepted + duplicates + conflicts`` is its number of rows."""

    version: int | None
    """Version of the table that holds it; None when nothing was ever written."""
    accepted: int
    """Rows stored: by this call, or by an earlier one with the same batch."""
    duplicates: int
    """Rows left out: name and content are there already."""
    conflicts: pa.Table = field(repr=False)
    """Rows left out: their name is there with other content. Quarantine them."""
    repeated: bool = False
    """True when an earlier call had stored the batch, and this one wrote nothing."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that come or go as one."""

    rows: pa.Table
    """In the table's own columns."""
    batch_id: str
    writer: str
    """Who counts: the batch itself, or a spool that numbers what it sends."""
    sequence: int
    """The writer's number for this batch; only ever grows."""
    content: tuple[str, ...]
    """Columns that must agree when the name does."""


def commit_batch(handle: TableHandle, batch: Batch) -> Appended:
    """Store a batch unless it is stored; start again from the beginning when another commit came between.

    The caller holds the sink lock. The writer's last number is read from the same Delta table object
    that commits: Delta then refuses the commit if that number has moved meanwhile. With a newer object
    it would take the same number twice.
    """

    @retry(
        retry=retry_if_exception_type(CommitFailedError),
        stop=stop_after_attempt(8),
        wait=wait_random_exponential(multiplier=0.05, max=2),
        reraise=True,
    )
    def attempt() -> Appended:
        return _read_then_write(handle, batch)

    try:
        return attempt()
    except CommitFailedError as problem:
        fact = f"other writers of {handle.layout.name!r} were faster eight times in a row"
        raise LakeBusyError(fact, "Nothing is lost: append the same batch again.") from problem


def _read_then_write(handle: TableHandle, batch: Batch) -> Appended:
    with handle.lock, told(f"appending to {handle.layout.name!r}"):
        table = handle.fresh()
        last = table.transaction_version(batch.writer)
        repeated = last is not None and last >= batch.sequence
        verdicts = _verdicts(handle, table, batch)  # must not refresh the table: see commit_batch
        if verdicts.new.any() and not repeated:
            rows = batch.rows.filter(pa.array(verdicts.new))
            _write(table, with_person_keys(rows) if handle.keyed(table) else rows, handle.layout, batch)
        return Appended(
            table.version(),
            int(verdicts.new.sum() + verdicts.stored.sum()),
            int(verdicts.duplicate.sum()),
            batch.rows.filter(pa.array(verdicts.conflict)),
            repeated or bool(verdicts.stored.any()),
        )


def _verdicts(handle: TableHandle, table: Any, batch: Batch) -> Verdicts:
    layout = handle.layout
    if not layout.identity:
        nothing = np.zeros(batch.rows.num_rows, dtype=bool)
        return Verdicts(~nothing, nothing, nothing, nothing)
    stored = known_rows(snapshot_of(handle, table), batch.rows, (*batch.content, "batch_id"))
    return judge(batch.rows, stored, identity=layout.identity, content=batch.content, batch_id=batch.batch_id)


def _write(table: Any, rows: pa.Table, layout: TableLayout, batch: Batch) -> None:
    write_deltalake(
        table,
        in_file_order(rows, layout),
        mode="append",
        writer_properties=_parquet(layout),
        commit_properties=CommitProperties(
            app_transactions=[Transaction(batch.writer, batch.sequence)],
            custom_metadata={"analytics_batch": {"batch_id": batch.batch_id, "rows": rows.num_rows}},
            max_commit_retries=0,  # whether to try again is for us to decide, from the reading on
        ),
    )


def in_file_order(rows: pa.Table, layout: TableLayout) -> pa.Table:
    """Sort rows as they lie in a file, in one chunk: several chunks would be written in any order."""
    keys = [(name, "ascending") for name in (PARTITION, *layout.sort_by)]
    return rows.sort_by(keys).combine_chunks()


def _parquet(layout: TableLayout) -> WriterProperties:
    """Say how columns are written whose values hardly repeat: a dictionary of them is only in the way."""
    plain = ColumnProperties(dictionary_enabled=False)
    steps = ColumnProperties(dictionary_enabled=False, encoding="DELTA_BINARY_PACKED")
    names = dict.fromkeys([*layout.identity[-1:], PERSON_KEY], plain) | {layout.time_column: steps}
    return WriterProperties(
        compression="ZSTD", compression_level=3, max_row_group_size=ROW_GROUP_ROWS, column_properties=names
    )


def batch_of(
    rows: pa.Table, *, batch_id: str, writer: str | None, sequence: int | None, content: tuple[str, ...]
) -> Batch:
    """Name a batch: by itself, or as number `sequence` of what `writer` sends in order."""
    if writer is None or sequence is None:
        return Batch(rows, batch_id, f"batch:{batch_id}", 1, content)
    return Batch(rows, batch_id, f"writer:{writer}", sequence, content)
