"""Ibis tables over exactly the Parquet files of one snapshot."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from threading import RLock
from typing import Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa

from analytics_lib.engine import provenance
from analytics_lib.engine.connections import connection
from analytics_lib.engine.keys import PERSON_KEY
from analytics_lib.engine.tables import Table

_lock = RLock()
_open: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
_leaving: deque[str] = deque()
_keyed: dict[str, Callable[[], Table]] = {}
_known: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()
_CHOOSING = (ops.DatabaseTable, ops.Filter, ops.Sort, ops.Limit, ops.DropColumns)
"""Operations that leave the values of a row as they are."""


def file_table(
    files: Sequence[str],
    schema: pa.Schema,
    *,
    data_version: str,
    partition: str | None = None,
    evolved: bool = False,
    person_key: bool = False,
) -> Table:
    """Give a lazy table over a list of Parquet files, with the columns of `schema` and no others.

    The list is the snapshot: a pattern would also see files that were removed or never committed.
    No files is an answer too: a table with the right types and no rows.

    Parameters
    ----------
    files
        Absolute paths or addresses; may be empty.
    schema
        Columns and types to give, in this order.
    data_version
        What provenance says about it, such as ``events@12``.
    partition
        Column that is not in the files but in their folders' names (``day=2024-05-13``).
    evolved
        True when older files lack columns that `schema` has; they are null there. Costs a look into
        each file, so it is not the default.
    person_key
        True when all files have the hidden column of :data:`PERSON_KEY`, for :func:`with_person_key`.
    """
    name = _name(files, schema, data_version)
    with _lock:
        _drop_unused()
        known = _open.get(name)
        if known is not None:
            return known.to_expr()
        connection().raw_sql(
            f'CREATE OR REPLACE VIEW "{name}" AS {_selection(files, schema, partition, evolved=evolved)}'
        )
        provenance.remember(name, data_version)
        # The columns are known, so that the engine need not open a file to be asked for them.
        operation = ops.DatabaseTable(name, schema=ibis.schema(schema), source=connection())
        _open[name] = operation
        weakref.finalize(operation, _leaving.append, name)
        if person_key:
            wider = schema.append(pa.field(PERSON_KEY, pa.int64()))
            _keyed[name] = partial(
                file_table, files, wider, data_version=data_version, partition=partition, evolved=evolved
            )
        return operation.to_expr()


def with_person_key(table: Table) -> Table:
    """Give the same rows with the hidden key of their person, where the stored files have one.

    Rows may have been chosen from a snapshot; a table made in any other way stays as it is, since its names
    may not be those that were stored.
    """
    found = asked_once(table, "with the key of people", lambda: _wider(table)) if _is_choice(table) else None
    return table if found is None else found


def asked_once(table: Table, what: str, ask: Callable[[], Any]) -> Any:
    """Give the answer to `ask`; rows chosen from a snapshot never change, and are not asked the same thing twice.

    Parameters
    ----------
    table
        What the question is about; the answer is kept as long as somebody holds it.
    what
        Names the question. The answer must not hold `table`, or both would stay for ever.
    """
    pinned = all(operation.name in _open for operation in table.op().find(ops.DatabaseTable))
    if not pinned or not _is_choice(table) or table.op().find(ops.Impure):
        return ask()
    with _lock:
        known = _known.setdefault(table.op(), {})
    if what not in known:
        known[what] = ask()
    return known[what]


def _is_choice(table: Table) -> bool:
    """Tell whether the rows are some of those of tables, as they are there."""
    return all(isinstance(operation, _CHOOSING) for operation in table.op().find(ops.Relation))


def _wider(table: Table) -> Table | None:
    wider = {
        operation: _keyed[operation.name]().op()
        for operation in table.op().find(ops.DatabaseTable)
        if operation.name in _keyed
    }
    found = table.op().replace(wider).to_expr() if wider else table
    return found if PERSON_KEY in found.columns and found is not table else None


def _name(files: Sequence[str], schema: pa.Schema, data_version: str) -> str:
    digest = sha256("\0".join([*files, str(schema.names), data_version]).encode()).hexdigest()[:12]
    words = "".join(letter if letter.isalnum() else "_" for letter in data_version)
    return f"{words}_{digest}"


def _drop_unused() -> None:
    """Drop views whose expressions are gone; a long-lived process would collect one for each commit."""
    while _leaving:
        name = _leaving.popleft()
        if name not in _open:
            _keyed.pop(name, None)
            connection().raw_sql(f'DROP VIEW IF EXISTS "{name}"')
            provenance.forget(name)


def _selection(files: Sequence[str], schema: pa.Schema, partition: str | None, *, evolved: bool) -> str:
    types = _sql_types(schema)
    columns = ", ".join(f'"{name}"' for name in types)
    empty = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in types.items())
    if not files:
        return f"SELECT {empty} WHERE false"
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    options = f", hive_partitioning=true, hive_types={{'{partition}': {types[partition]}}}" if partition else ""
    if not evolved:
        return f"SELECT {columns} FROM read_parquet([{listed}]{options})"  # noqa: S608 - all of it quoted above
    source = f"read_parquet([{listed}]{options}, union_by_name=true)"
    typed = f"SELECT {empty} WHERE false"
    return f"SELECT {columns} FROM ({typed} UNION ALL BY NAME SELECT * FROM {source})"  # noqa: S608 - as above


def _sql_types(schema: pa.Schema) -> Mapping[str, str]:
    from ibis.backends.sql.datatypes import DuckDBType

    return {name: DuckDBType.to_string(kind) for name, kind in ibis.schema(schema).items()}
