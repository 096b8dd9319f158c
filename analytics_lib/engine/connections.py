"""The one DuckDB of this process, behind Ibis."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from functools import cache
from threading import RLock
from typing import Any

from analytics_lib.errors import ArgumentError

_lock = RLock()


def connection() -> Any:
    """Give the process's own in-memory DuckDB, as an Ibis backend; created at first use.

    Any thread may use it: each gets its own connection to the same database. The session time zone
    is UTC: DuckDB would otherwise truncate times in the machine's zone. Threads and memory follow
    :func:`tune`, or the variables ``ANALYTICS_THREADS`` and ``ANALYTICS_MEMORY_LIMIT`` when they are
    set. What does not fit in memory is spilled to a private folder that ends with the process.

    Examples
    --------
    >>> connection().raw_sql("SELECT current_setting('TimeZone')").fetchall()
    [('UTC',)]
    """
    with _lock:
        return _create()


@cache
def _create() -> Any:
    import duckdb

    from analytics_lib.engine.threads import SharedDuckDB

    root = duckdb.connect()
    root.execute("LOAD icu")  # linked into the wheel; GLOBAL settings need it loaded first
    root.execute("SET GLOBAL TimeZone = 'UTC'")
    root.execute(f"SET GLOBAL temp_directory = {_quoted(_spill_folder(root))}")
    backend = SharedDuckDB.over(root)
    _apply(backend, os.environ.get("ANALYTICS_THREADS"), os.environ.get("ANALYTICS_MEMORY_LIMIT"))
    return backend


def _spill_folder(root: Any) -> str:
    """Make a folder for spilled rows: readable by us alone, since they are the events themselves."""
    folder = tempfile.mkdtemp(prefix="analytics-engine-")
    weakref.finalize(root, shutil.rmtree, folder, ignore_errors=True)
    return folder


def tune(*, threads: int | None = None, memory_limit: str | None = None) -> None:
    """Set how many threads and how much memory (such as ``"2GB"``) queries may use.

    Raises
    ------
    ArgumentError
        DuckDB does not understand the value.

    Examples
    --------
    >>> tune(threads=2)
    """
    _apply(connection(), None if threads is None else str(threads), memory_limit)


def thread_count() -> int:
    """Tell how many threads queries may use; our own passes over their rows take as many."""
    [(number,)] = connection().raw_sql("SELECT current_setting('threads')").fetchall()
    return int(number)


def _apply(backend: Any, threads: str | None, memory_limit: str | None) -> None:
    for setting, value in (("threads", threads), ("memory_limit", memory_limit)):
        if not value:
            continue
        try:
            backend.raw_sql(f"SET GLOBAL {setting} = {_quoted(value)}")
        except Exception as problem:
            advice = 'Use a whole number of threads and a size such as "2GB".'
            raise ArgumentError(f"the engine refused {setting}={value!r}", advice) from problem


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
