"""Parquet, read in blocks of rows."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from analytics_lib.errors import SourceError
from analytics_lib.ingestion.blocks import LINE, Block, Blocks
from analytics_lib.ingestion.sources import Source

BLOCK_ROWS: Final = 131_072
"""Rows read at once; fixed, so that blocks are always the same."""


def read_columns(source: Source, *, rows: int = BLOCK_ROWS) -> Blocks:
    """Read a Parquet file in blocks; `_line` is the number of the row, from 1.

    Raises
    ------
    SourceError
        The file is no Parquet, or is damaged.
    """
    import pyarrow.parquet as pq

    first = 1
    try:
        with pq.ParquetFile(source.path) as file:
            for batch in file.iter_batches(batch_size=rows, use_threads=False):
                table = pa.Table.from_batches([batch])
                lines = pa.array(range(first, first + len(table)), pa.int64())
                first += len(table)
                yield Block(table.append_column(LINE, lines))
    except (pa.ArrowInvalid, OSError) as problem:
        raise SourceError(f"{source.name} can't be read as Parquet: {problem}", "Write the file again.") from problem


def column_names(source: Source) -> list[str]:
    """Give the names of the columns of a Parquet file; none if it can't be read."""
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(source.path).names)
    except (pa.ArrowInvalid, OSError):
        return []
