"""Opens state.db and brings it up to date: SQLite in the workspace, or PostgreSQL by its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from analytics_lib.errors import WorkspaceError
from analytics_lib.state.tables import ANOMALIES, COHORT_MEMBERS, COHORTS, METADATA

BUSY_MILLISECONDS = 10_000


@dataclass(frozen=True, slots=True)
class State:
    """An open state database; hand it to the functions of this package."""

    engine: Engine

    def close(self) -> None:
        """Let go of the database file."""
        self.engine.dispose()


def _create_tables(connection: Connection) -> None:
    METADATA.create_all(connection)


def _guard_audit(connection: Connection) -> None:
    """Make the audit log append-only for everybody who comes through the database."""
    if connection.dialect.name != "sqlite":
        return
    for verb in ("UPDATE", "DELETE"):
        connection.execute(
            text(
                f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        )


def _add_anomalies(connection: Connection) -> None:
    ANOMALIES.create(connection, checkfirst=True)


def _add_cohorts(connection: Connection) -> None:
    COHORTS.create(connection, checkfirst=True)
    COHORT_MEMBERS.create(connection, checkfirst=True)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create_tables, _guard_audit, _add_anomalies, _add_cohorts)
"""Steps from an empty database to today's; only ever append. The version is how many were done."""


def open_state(address: Path | str) -> State:
    """Open a state database, creating or migrating it as needed.

    Parameters
    ----------
    address
        Path of ``state.db``, or an SQLAlchemy address such as ``postgresql+psycopg://…``.

    Raises
    ------
    WorkspaceError
        The file or server can't be used, or a newer version of the library wrote it.
    """
    url = address if isinstance(address, str) and "://" in address else f"sqlite:///{Path(address)}"
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            _migrate(connection)
    except SQLAlchemyError as problem:
        advice = "Check that the folder is writable and the address right; `analytics doctor` looks closer."
        raise WorkspaceError(f"the state database {engine.url!r} can't be opened", advice) from problem
    return State(engine)


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    # A connection per use: kernels, schedulers and servers come and go, and none may hold the file.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_MILLISECONDS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin lazily; we begin ourselves
    for pragma in ("journal_mode = WAL", "synchronous = FULL", f"busy_timeout = {BUSY_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Connection) -> None:
    """Take the write lock at once: two processes that read and then write can't deadlock."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"))
    found = connection.execute(text("SELECT max(version) FROM schema_version")).scalar() or 0
    if found > len(MIGRATIONS):
        fact = f"state.db has version {found}, this library knows {len(MIGRATIONS)}"
        raise WorkspaceError(fact, "Upgrade analytics-lib, or open the workspace with the version that wrote it.")
    for number, step in enumerate(MIGRATIONS[found:], found + 1):
        step(connection)
        connection.execute(text("INSERT INTO schema_version VALUES (:version)"), {"version": number})
