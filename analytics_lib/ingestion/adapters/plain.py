"""Files in no particular format: any table or objects whose names say what they are."""

from __future__ import annotations

from typing import Final

from analytics_lib import schema
from analytics_lib.ingestion.blocks import Block, ObjectBlock
from analytics_lib.ingestion.formats import Format, Sample, SentBlock
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.objects import sent_objects
from analytics_lib.ingestion.rows import sent_events

_NAMES: Final = {*schema.COLUMN_ALIASES["event_name"], *schema.COLUMN_ALIASES["event_type"]}
_TIMES: Final = {*schema.COLUMN_ALIASES["event_time"], *schema.COLUMN_ALIASES["client_time"]}


def says_what_and_when(columns: frozenset[str]) -> bool:
    """Tell whether names hold one for the event and one for its time.

    Examples
    --------
    >>> says_what_and_when(frozenset({"eventName", "timestamp"})), says_what_and_when(frozenset({"a", "b"}))
    (True, False)
    """
    spelled = {schema.snake(name) for name in columns}
    return bool(spelled & _NAMES) and bool(spelled & _TIMES)


def _of_kind(kind: str, sample: Sample) -> bool:
    return sample.kind == kind and says_what_and_when(sample.columns)


def _rows(block: Block, mapping: EventMapping) -> SentBlock:
    return SentBlock(sent_events(block.rows, mapping), block.broken)


def _objects(block: ObjectBlock, mapping: EventMapping) -> SentBlock:
    return SentBlock(sent_objects(block, mapping), block.broken)


CSV: Final = Format(
    name="csv",
    title="any CSV with a header line (also ; tab |), columns by spelling or mapping",
    kind="delimited",
    recognises=lambda sample: _of_kind("delimited", sample),
    translate=_rows,
    extensions=(".csv", ".tsv", ".txt", ".gz", ".xz", ".bz2"),
)
"""Columns that are not recognised become properties."""

JSON: Final = Format(
    name="json",
    title="JSON: one object a line (NDJSON), a list of objects, or {events: […]}",
    kind="documents",
    recognises=lambda sample: _of_kind("documents", sample),
    translate=_objects,
    extensions=(".json", ".jsonl", ".ndjson", ".gz", ".xz", ".bz2"),
)
"""Keys that are not recognised become properties."""

PARQUET: Final = Format(
    name="parquet",
    title="Parquet, columns by spelling or mapping; also our own exports",
    kind="columns",
    recognises=lambda sample: _of_kind("columns", sample),
    translate=_rows,
    extensions=(".parquet", ".pq"),
)
"""Columns that are not recognised become properties."""
