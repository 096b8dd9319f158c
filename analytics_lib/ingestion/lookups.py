"""What is known about sessions, people and tenants from elsewhere, joined to their events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from analytics_lib import checks
from analytics_lib.errors import ArgumentError
from analytics_lib.ingestion.blocks import text_column
from analytics_lib.ingestion.json_text import dumps

KEYS: Final = {"session": "session_id", "user": "user_id", "tenant": "tenant_id"}
"""What can be looked up, in the order of joining, and the column that finds it."""


class Lookups:
    """Attributes by session, user and tenant.

    Parameters
    ----------
    tables
        ``{"session" | "user" | "tenant": table}``; each table (pandas or Arrow) has the column that
        finds a row (``session_id``, ``user_id`` as sent, ``tenant_id``), once each, and attributes.

    Raises
    ------
    ArgumentError
        Another name, no such column, or a key that occurs twice.
    """

    def __init__(self, tables: Mapping[str, Any] | None = None) -> None:
        self._attributes: dict[str, dict[str, dict[str, Any]]] = {}
        for name, table in (tables or {}).items():
            checks.one_of("lookups", name, tuple(KEYS))
            self._attributes[name] = _attributes(name, table)

    def contexts(self, table: pa.Table) -> Any | None:
        """Give a column of JSON objects ``{"lookups": {"user": {…}, …}}`` with what is known; None without tables."""
        chosen = [name for name in KEYS if name in self._attributes]
        if not chosen:
            return None
        keys = [table[KEYS[name]].to_pylist() for name in chosen]
        known: dict[tuple[Any, ...], str | None] = {}
        texts = []
        for row in zip(*keys, strict=True):
            if row not in known:
                found = {name: self._attributes[name].get(key) for name, key in zip(chosen, row, strict=True)}
                found = {name: entry for name, entry in found.items() if entry}
                known[row] = dumps({"lookups": found}) if found else None
            texts.append(known[row])
        return text_column(texts)


def _attributes(name: str, table: Any) -> dict[str, dict[str, Any]]:
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    key = KEYS[name]
    checks.columns(arrow.column_names, [key], analysis=f"the look-up of {name}s")
    found: dict[str, dict[str, Any]] = {}
    for row in arrow.to_pylist():
        identifier = str(row.pop(key))
        if identifier in found:
            fact = f"the look-up of {name}s has {key}={identifier!r} twice"
            raise ArgumentError(fact, "Give one row for each; which of two is right can't be told here.")
        found[identifier] = {column: value for column, value in row.items() if value is not None}
    return found
