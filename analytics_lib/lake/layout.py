"""The tables of the lake: columns, order inside a file, what makes two rows the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib import schema
from analytics_lib.engine.keys import PERSON_KEY
from analytics_lib.errors import LakeError, nearest

PARTITION: Final = "day"
"""Every table is partitioned by the UTC day of its time column, and by nothing else."""

_TYPES: Final = MappingProxyType(
    {
        "string": pa.string(),
        "json": pa.string(),
        "timestamp": pa.timestamp("us", "UTC"),
        "float": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
    }
)


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How one table lies on disk."""

    name: str
    """Name of the table and of its folder."""
    schema: pa.Schema
    """Columns and types, in order; ``day`` is among them."""
    time_column: str
    """Its UTC day is the partition."""
    sort_by: tuple[str, ...]
    """Order of the rows inside a file, so that one tenant's or user's rows lie together."""
    identity: tuple[str, ...] = ()
    """Columns that name a row; rows that agree in them are the same row. Empty: only batches are told apart."""
    content: tuple[str, ...] = ()
    """Columns that must agree as well; else it is a conflict: the same name for something else."""

    def __post_init__(self) -> None:
        """Refuse a layout that names columns it does not have."""
        for column in (PARTITION, self.time_column, *self.sort_by, *self.identity, *self.content):
            if column not in self.schema.names:
                advice = nearest(column, self.schema.names)
                raise LakeError(f"the layout of table {self.name!r} names the column {column!r}, not in it", advice)

    @property
    def stored_schema(self) -> pa.Schema:
        """Columns on disk: those that are shown, and the key of people where rows belong to some."""
        if self.time_column != "event_time" or not {"tenant_id", "user_id"} <= set(self.schema.names):
            return self.schema
        return self.schema.append(pa.field(PERSON_KEY, pa.int64()))

    def settings(self) -> dict[str, str]:
        """Give what the table itself must remember, so that a lake explains itself without this code."""
        words = {"time_column": self.time_column, "sort_by": self.sort_by, "identity": self.identity}
        return {"analytics.layout": json.dumps({**words, "content": self.content})}

    @classmethod
    def from_settings(cls, name: str, columns: pa.Schema, settings: Mapping[str, str]) -> TableLayout:
        """Read a layout back from what :meth:`settings` left in the table."""
        kept = json.loads(settings.get("analytics.layout", "{}"))
        if not kept:
            advice = "Tables of the lake are made by Lake.create; move this folder elsewhere."
            raise LakeError(f"the table {name!r} was not made by this library", advice)
        lists = {key: tuple(kept[key]) for key in ("sort_by", "identity", "content")}
        return cls(name, columns, kept["time_column"], **lists)


def columns(**kinds: str) -> pa.Schema:
    """Give an Arrow schema from ``name="type"`` pairs.

    Types are string, json, timestamp (UTC, microseconds), float, integer, boolean and date.

    Examples
    --------
    >>> columns(tenant_id="string", day="date").names
    ['tenant_id', 'day']
    """
    return pa.schema([(name, _TYPES[kind]) for name, kind in kinds.items()])


EVENTS: Final = TableLayout(
    "events",
    columns(**{column.name: column.type for column in schema.COLUMNS}),
    "event_time",
    ("tenant_id", "user_id", "event_time", "event_id"),
    identity=("tenant_id", "event_id"),
    # What the sender said. Times we corrected, places we looked up and our own clocks may differ
    # between two deliveries of one event.
    content=(
        "application_id", "event_name", "client_time", "user_id", "session_id", "conversation_id", "content_id",
        "resource_type", "resource_id", "url", "referrer", "properties",
    ),
)  # fmt: skip
"""What happened."""

QUARANTINE: Final = TableLayout(
    "quarantine",
    columns(
        quarantine_id="string", tenant_id="string", reason="string", detail="string", event_id="string",
        event_name="string", source="string", line="integer", row="json", received_at="timestamp",
        stored_at="timestamp", batch_id="string", day="date",
    ),
    "received_at",
    ("tenant_id", "reason", "received_at", "quarantine_id"),
    identity=("tenant_id", "quarantine_id"),
    content=("reason", "row"),
)  # fmt: skip
"""What came but can't be believed yet: kept as it came, with the reason, to be mended or thrown away."""

METRICS: Final = TableLayout(
    "metrics",
    columns(
        metric_id="string", tenant_id="string", name="string", type="string", value="float", unit="string",
        tags="json", time="timestamp", stored_at="timestamp", batch_id="string", day="date",
    ),
    "time",
    ("tenant_id", "name", "time", "metric_id"),
    identity=("tenant_id", "metric_id"),
    content=("name", "type", "value", "tags", "time"),
)  # fmt: skip
"""Measured values: name, type, value, tags, time."""

ROLLUPS: Final = TableLayout(
    "rollups",
    columns(
        tenant_id="string", rollup="string", grain="string", time="timestamp", dimensions="json", measure="string",
        value="float", complete="boolean", data_version="string", stored_at="timestamp", batch_id="string", day="date",
    ),
    "time",
    ("tenant_id", "rollup", "time", "measure"),
)  # fmt: skip
"""Counts made ahead of the question."""

LAYOUTS: Final = MappingProxyType({layout.name: layout for layout in (EVENTS, QUARANTINE, METRICS, ROLLUPS)})
"""Tables that every lake has, whether or not anything was written yet."""


def conform(data: pa.Table, layout: TableLayout, *, batch_id: str, stored_at: datetime) -> pa.Table:
    """Give `data` the columns, types and order of columns of the table.

    Missing columns become null; ``day``, ``batch_id`` and, where it is empty, ``stored_at`` are filled.

    Raises
    ------
    LakeError
        An unknown column, a value that does not fit its type, or a row without name or time.
    """
    unknown = [name for name in data.column_names if name not in layout.schema.names]
    if unknown:
        fact = f"the table {layout.name!r} has no column {unknown[0]!r}"
        raise LakeError(fact, f"Drop it, or put it into a JSON column. {nearest(unknown[0], layout.schema.names)}")
    known = {field.name: _typed(data, field, layout) for field in layout.schema}
    when = known[layout.time_column]
    known[PARTITION] = pc.floor_temporal(when, unit="day").cast(pa.date32())
    if "batch_id" in known:
        known["batch_id"] = pa.chunked_array([pa.repeat(pa.scalar(batch_id), data.num_rows)])
    if "stored_at" in known:
        known["stored_at"] = pc.fill_null(known["stored_at"], pa.scalar(stored_at, pa.timestamp("us", "UTC")))
    _refuse_nulls(known, layout)
    return pa.table(known, schema=layout.schema)


def _typed(data: pa.Table, field: pa.Field, layout: TableLayout) -> pa.ChunkedArray:
    if field.name not in data.column_names:
        return pa.chunked_array([pa.nulls(data.num_rows, field.type)])
    column = data[field.name]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type) and column.type.tz is None and pa.types.is_timestamp(field.type):
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))  # naive times are UTC
    try:
        # Nanoseconds lose what a microsecond can't hold; anything else that would lose something is refused.
        return column.cast(field.type, safe=not pa.types.is_timestamp(column.type))
    except pa.lib.ArrowException as problem:
        fact = f"the column {field.name!r} of {layout.name!r} holds {field.type}, but was given {column.type}"
        raise LakeError(f"{fact} ({problem})", f"Convert it to {field.type} first.") from problem


def _refuse_nulls(known: Mapping[str, pa.ChunkedArray], layout: TableLayout) -> None:
    for name in dict.fromkeys((*layout.identity, layout.time_column)):
        if known[name].null_count:
            fact = f"{known[name].null_count} rows for {layout.name!r} have no {name!r}"
            raise LakeError(fact, "Rows need a name and a time before they are stored; quarantine these.")
