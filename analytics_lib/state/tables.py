"""The tables of state.db: what a workspace remembers beside its events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

METADATA = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware UTC time; SQLite forgets zones, so they are put back on reading and refused when missing."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC before writing."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment in state.db needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give UTC back after reading."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


RUNS = Table(
    "runs",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("report", String(200), nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("duration_seconds", Float),
    Column("slot", Moment),
    Column("attempt", Integer, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("parameter_set", String(200)),
    Column("folder", Text),
    Column("reason", Text, nullable=False),
    Column("process_id", Integer),
    Index("runs_of_a_report", "report", "started_at"),
)

CONSENTS = Table(
    "consents",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("tenant_id", String(200), nullable=False),
    Column("user_id", String(200), nullable=False),
    Column("purpose", String(60), nullable=False),
    Column("granted", Integer, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("source", String(200), nullable=False),
    Index("consents_of_a_person", "tenant_id", "user_id", "purpose", "decided_at"),
)

TOKENS = Table(
    "tokens",
    METADATA,
    Column("token_id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(60), nullable=False),
    Column("tenant_id", String(200)),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(100), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)

LOADS = Table(
    "loads",
    METADATA,
    Column("load_id", String(64), primary_key=True),
    Column("tenant_id", String(200), nullable=False),
    Column("source", Text, nullable=False),
    Column("format", String(60), nullable=False),
    Column("at", Moment, nullable=False),
    Column("counts", JSON, nullable=False),
)

ANOMALIES = Table(
    "anomalies",
    METADATA,
    Column("anomaly_id", String(16), primary_key=True),
    Column("tenant_id", String(200), nullable=False),
    Column("series", String(400), nullable=False),
    Column("time", Moment, nullable=False),
    Column("value", Float),
    Column("expected", Float),
    Column("low", Float),
    Column("high", Float),
    Column("score", Float),
    Column("severity", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("found_by", String(60), nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reviewed_at", Moment),
    Column("reviewed_by", String(200)),
    Column("note", Text, nullable=False),
    Index("anomalies_of_a_series", "tenant_id", "series", "time"),
)

COHORTS = Table(
    "cohorts",
    METADATA,
    Column("tenant_id", String(200), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("definition", Text, nullable=False),
    Column("as_of", Moment),
    Column("condition", JSON(none_as_null=True)),
    Column("saved_at", Moment, nullable=False),
    Column("saved_by", String(200), nullable=False),
)

COHORT_MEMBERS = Table(
    "cohort_members",
    METADATA,
    Column("tenant_id", String(200), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("member_tenant_id", String(200), primary_key=True),
    Column("user_id", String(200), primary_key=True),
    Index("cohorts_of_a_person", "user_id"),
)
