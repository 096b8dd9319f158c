"""A DuckDB backend that threads may share: one database, one connection for each thread."""

from __future__ import annotations

import weakref
from collections import deque
from threading import local
from typing import Any

import duckdb
from ibis.backends.duckdb import Backend
from ibis.common.exceptions import TableNotFound
from ibis.expr.schema import Schema


class SharedDuckDB(Backend):  # type: ignore[misc]  # Ibis ships no types
    """Ibis on one in-memory DuckDB for all threads of this process.

    DuckDB refuses a second call on a busy connection, and Ibis holds one connection. Here each thread
    gets its own connection to the same database, made when first needed. Views and tables are shared,
    as long as they are not temporary; in-memory tables are registered again for each thread and let go
    when their last reference is gone (Ibis would keep them until the process ends).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._threads = local()
        super().__init__(*arguments, **options)

    @classmethod
    def over(cls, root: duckdb.DuckDBPyConnection) -> SharedDuckDB:
        """Give a backend over an open database."""
        return cls.from_connection(root)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection of the calling thread."""
        mine = self._mine()
        while mine["leaving"]:
            mine["con"].unregister(mine["leaving"].popleft())
        return mine["con"]

    @con.setter
    def con(self, root: duckdb.DuckDBPyConnection) -> None:
        self._root = root

    @property
    def _memtables(self) -> Any:
        return self._mine()["memtables"]

    @_memtables.setter
    def _memtables(self, value: Any) -> None:
        """Ibis sets one for the whole backend; ours are per thread."""

    def _mine(self) -> dict[str, Any]:
        mine = self._threads.__dict__
        if "con" not in mine:
            mine.update(con=self._root.cursor(), memtables=weakref.WeakSet(), leaving=deque())
            mine["con"].execute("SET enable_progress_bar = false")  # a local setting, unlike the others
        return mine

    def get_schema(self, table_name: str, *, catalog: str | None = None, database: str | None = None) -> Schema:
        """Give the columns of a table; Ibis 12 asks for them in a way that DuckDB 2 deprecates, with a warning."""
        parts = (part for part in (catalog, database, table_name) if part is not None)
        name = ".".join('"' + part.replace('"', '""') + '"' for part in parts)
        try:
            rows = self.con.sql(f"DESCRIBE {name}").fetchall()
        except duckdb.CatalogException as problem:
            raise TableNotFound(table_name) from problem
        read = self.compiler.type_mapper.from_string
        return Schema({column: read(kind, nullable=null == "YES") for column, kind, null, *_ in rows})

    def _register_in_memory_tables(self, expression: Any) -> None:
        mine = self._mine()
        for table in self._verify_in_memory_tables_are_unique(expression):
            if table not in mine["memtables"]:
                self._register_in_memory_table(table)
                mine["memtables"].add(table)
                # A finaliser may run in any thread, so it only leaves a message for the owner.
                weakref.finalize(table, mine["leaving"].append, table.name)
