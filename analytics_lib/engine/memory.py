"""A small table's rows held in memory, for pages that ask many questions of the same snapshot."""

from __future__ import annotations

import weakref
from typing import Any

import ibis

from analytics_lib.engine.provenance import data_version, forget, remember
from analytics_lib.engine.tables import Table, to_arrow


def hold(table: Table) -> Table:
    """Run an expression once and give a table over its rows; it still says which snapshot they are of.

    Worth it where the same rows are asked about again and again: a lake of many days is many small
    files to open. The rows are freed with the table.

    Examples
    --------
    >>> held = hold(ibis.memtable({"user_id": ["a", "b"]}))
    >>> held.count().to_pyarrow().as_py()
    2
    """
    held = ibis.memtable(to_arrow(table))
    relation: Any = held.op()
    remember(relation.name, data_version(table))
    weakref.finalize(relation, forget, relation.name)
    return held
