"""Which snapshot a table handle reads, remembered by the name of its relation."""

from __future__ import annotations

from threading import Lock
from typing import Any

import ibis.expr.operations as ops

_versions: dict[str, str] = {}
_lock = Lock()


def remember(relation: str, data_version: str) -> None:
    """Note that a relation of this process reads `data_version`, such as ``events@12``."""
    with _lock:
        _versions[relation] = data_version


def forget(relation: str) -> None:
    """Drop the note about a relation that is gone."""
    with _lock:
        _versions.pop(relation, None)


def data_version(table: Any) -> str:
    """Give the snapshot(s) an expression reads; ``in memory`` for handed frames.

    Examples
    --------
    >>> import ibis
    >>> data_version(ibis.memtable({"a": [1]}))
    'in memory'
    """
    relations = table.op().find((ops.DatabaseTable, ops.UnboundTable, ops.InMemoryTable))
    found = {
        _versions.get(relation.name, relation.name)
        for relation in relations
        if relation.name in _versions or not isinstance(relation, ops.InMemoryTable)
    }
    return " + ".join(sorted(found)) if found else "in memory"
