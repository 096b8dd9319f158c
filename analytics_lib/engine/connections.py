"""The one DuckDB connection of this process, behind Ibis."""

from __future__ import annotations

import os
from functools import cache
from threading import RLock
from typing import Any

import ibis

from analytics_lib.errors import ArgumentError

_lock = RLock()


@cache
def connection() -> Any:
    """Give the process's own in-memory DuckDB, as an Ibis backend; created at first use.

    The session time zone is UTC: DuckDB would otherwise truncate times in the machine's zone.
    Threads and memory follow :func:`tune`, or the variables ``ANALYTICS_THREADS`` and
    ``ANALYTICS_MEMORY_LIMIT`` when they are set.
    """
    with _lock:
        backend = ibis.duckdb.connect()
        backend.raw_sql("SET TimeZone = 'UTC'")
        backend.raw_sql("SET enable_progress_bar = false")
        _apply(backend, os.environ.get("ANALYTICS_THREADS"), os.environ.get("ANALYTICS_MEMORY_LIMIT"))
        return backend


def tune(*, threads: int | None = None, memory_limit: str | None = None) -> None:
    """Set how many threads and how much memory (such as ``"2GB"``) queries may use.

    Raises
    ------
    ArgumentError
        DuckDB does not understand the value.
    """
    _apply(connection(), None if threads is None else str(threads), memory_limit)


def _apply(backend: Any, threads: str | None, memory_limit: str | None) -> None:
    for setting, value in (("threads", threads), ("memory_limit", memory_limit)):
        if not value:
            continue
        quoted = value.replace("'", "''")
        try:
            backend.raw_sql(f"SET {setting} = '{quoted}'")
        except Exception as problem:
            advice = 'Use a whole number of threads and a size such as "2GB".'
            raise ArgumentError(f"the engine refused {setting}={value!r}", advice) from problem
