"""Rows of a table become sent events: columns by mapping or spelling, the rest properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib import schema
from analytics_lib.errors import MissingColumnError, did_you_mean
from analytics_lib.ingestion import json_text
from analytics_lib.ingestion.blocks import LINE
from analytics_lib.ingestion.formats import RAW, REST
from analytics_lib.ingestion.mapping import EventMapping

TIME_COLUMNS: Final = ("event_time", "client_time", "sent_at", "received_at")
"""Sent columns that hold times."""

STAMPS: Final = ("stored_at", "batch_id", "day")
"""Canonical columns that we write ourselves; in an export of our own they are left behind."""

ALIAS_OF: Final[Mapping[str, tuple[str, int]]] = {
    alias: (column, rank)
    for column, aliases in schema.COLUMN_ALIASES.items()
    for rank, alias in enumerate(aliases)
}  # fmt: skip
"""Column and rank of every known spelling."""


def sent_events(rows: pa.Table, mapping: EventMapping) -> pa.Table:
    """Give the events that rows of a table send, with every column still as sent.

    Columns: those of the canonical ones and of :data:`schema.TRANSIENT` that the rows have, ``_line``, and
    those named in :mod:`~analytics_lib.ingestion.formats`. Nothing is judged yet.

    Raises
    ------
    MissingColumnError
        The mapping names a column that the rows lack.
    """
    names = [name for name in rows.column_names if name != LINE]
    targets = column_targets(names, mapping)
    columns: dict[str, Any] = {}
    for source, target in targets.items():
        columns[RAW.get(target, target)] = _plain(rows[source], keep_type=target in TIME_COLUMNS)
    columns = _with_constants(columns, mapping, rows.num_rows)
    rest = _rest(names, targets, mapping)
    if rest:
        written = {
            name: json_text.literals(rows[source], mapping.types.get(name, "auto")) for name, source in rest.items()
        }
        columns[REST] = json_text.objects(written, rows.num_rows)
    return pa.table({**columns, LINE: rows[LINE]})


def column_targets(names: Sequence[str], mapping: EventMapping) -> dict[str, str]:
    """Give ``{source column: canonical column}``: the mapping first, then the best known spelling of each.

    Examples
    --------
    >>> column_targets(["type", "userId", "timestamp", "colour"], EventMapping())
    {'type': 'event_type', 'userId': 'user_id', 'timestamp': 'event_time'}
    """
    targets = mapping.source_columns()
    missing = [source for source in targets if source not in names]
    if missing:
        fact = f"the mapping names the column {missing[0]!r}; the source has {', '.join(names)}"
        raise MissingColumnError(fact, did_you_mean(missing[0], names) or "Name a column that is there.")
    if mapping.aliases:
        used = {*mapping.drop, *(mapping.properties or {}).values()}
        free = [name for name in names if name not in targets and name not in used]
        targets |= spelled_columns(free, set(targets.values()))
    return targets


def spelled_columns(names: Sequence[str], taken: set[str]) -> dict[str, str]:
    """Give ``{source column: canonical column}`` for the names that are known spellings, the best of each."""
    best: dict[str, tuple[int, str]] = {}
    for name in names:
        column, rank = ALIAS_OF.get(schema.snake(name), ("", 0))
        if column and column not in taken and (column not in best or rank < best[column][0]):
            best[column] = (rank, name)
    return {name: column for column, (_, name) in sorted(best.items(), key=lambda item: names.index(item[1][1]))}


def _rest(names: Sequence[str], targets: Mapping[str, str], mapping: EventMapping) -> dict[str, str]:
    if mapping.properties is not None:
        missing = [source for source in mapping.properties.values() if source not in names]
        if missing:
            fact = f"the mapping makes a property of {missing[0]!r}; the source has {', '.join(names)}"
            raise MissingColumnError(fact, did_you_mean(missing[0], names) or "Name a column that is there.")
        return dict(mapping.properties)
    left = {*targets, *mapping.drop, *stamps(names)}
    return {name: name for name in names if name not in left}


def stamps(names: Iterable[str]) -> set[str]:
    """Give the columns that are made anew, where the names are those of an export of our own."""
    return {*STAMPS, "event"} if set(names) >= {"event", "event_name", "batch_id", "day"} else set()


def _plain(column: Any, *, keep_type: bool) -> Any:
    kind = column.type
    if keep_type and (pa.types.is_temporal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return column
    if pa.types.is_string(kind):
        return column
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return json_text.literals(column)
    return column.cast(pa.string())


def _with_constants(columns: dict[str, Any], mapping: EventMapping, length: int) -> dict[str, Any]:
    for target, value in mapping.constant_columns().items():
        known = columns.get(target)
        columns[target] = pa.repeat(pa.scalar(value), length) if known is None else pc.fill_null(known, value)
    return columns
