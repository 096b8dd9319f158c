"""Parquet is read in blocks that are always the same."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_lib.errors import SourceError
from analytics_lib.ingestion.columnar import column_names, read_columns
from analytics_lib.ingestion.sources import Source


def test_rows_are_numbered_over_all_blocks(tmp_path):
    pq.write_table(pa.table({"a": list(range(10))}), tmp_path / "x.parquet")
    source = Source(tmp_path / "x.parquet", "")
    blocks = list(read_columns(source, rows=4))
    assert [block.rows["_line"].to_pylist() for block in blocks] == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]
    assert column_names(source) == ["a"]


def test_what_is_no_parquet_is_refused_with_its_name(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1 but no more")
    source = Source(tmp_path / "x.parquet", "")
    assert column_names(source) == []
    with pytest.raises(SourceError, match=r"x\.parquet"):
        list(read_columns(source))
