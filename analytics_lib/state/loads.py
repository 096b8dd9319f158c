"""What was loaded, when and with which counts: the receipts of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from analytics_lib.state.database import State
from analytics_lib.state.tables import LOADS


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One load and its counts by verdict."""

    load_id: str
    tenant_id: str
    source: str
    format: str
    at: datetime
    counts: Mapping[str, Any]


def record_load(state: State, load: LoadRecord) -> None:
    """Keep the counts of a finished load."""
    values = {"tenant_id": load.tenant_id, "source": load.source, "format": load.format, "at": load.at}
    with state.engine.begin() as connection:
        connection.execute(insert(LOADS).values(load_id=load.load_id, counts=dict(load.counts), **values))


def list_loads(state: State, *, tenant_id: str | None = None, limit: int = 100) -> list[LoadRecord]:
    """Give the newest loads first."""
    query = select(LOADS).order_by(LOADS.c.at.desc()).limit(limit)
    if tenant_id is not None:
        query = query.where(LOADS.c.tenant_id == tenant_id)
    with state.engine.begin() as connection:
        return [LoadRecord(**row) for row in connection.execute(query).mappings()]
