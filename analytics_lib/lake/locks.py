"""One writer at a time: a lock between processes that ends with its holder, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics_lib.errors import LakeBusyError


@contextmanager
def sink_lock(folder: Path, table: str, *, timeout_seconds: float) -> Iterator[None]:
    """Hold the only right to write one table while the block runs.

    Readers need no lock: they read a snapshot. The lock is the operating system's, so that a killed
    writer leaves none behind.

    Raises
    ------
    LakeBusyError
        Another writer held it for longer than `timeout_seconds`.
    """
    from filelock import FileLock, Timeout

    path = folder / ".locks" / f"{table}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)  # a new one each time: two threads must exclude each other as well
    try:
        lock.acquire(timeout=timeout_seconds)
    except Timeout as problem:
        fact = f"another process has been writing the table {table!r} for {timeout_seconds:g} seconds"
        raise LakeBusyError(fact, f"Wait for it to end, or find who holds {path}.") from problem
    try:
        yield
    finally:
        lock.release()
