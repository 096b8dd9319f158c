"""The history of report runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from analytics_lib.errors import ArgumentError
from analytics_lib.state.database import State
from analytics_lib.state.tables import RUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run of one report, as the history keeps it."""

    run_id: str
    report: str
    outcome: str
    """``running`` until the end is known, then the verdict's word."""
    started_at: datetime
    ended_at: datetime | None = None
    duration_seconds: float | None = None
    slot: datetime | None = None
    """The scheduled moment this run answers; None when a person started it."""
    attempt: int = 1
    parameters: Mapping[str, Any] = field(default_factory=dict)
    parameter_set: str | None = None
    folder: str | None = None
    """Relative to the workspace where possible, so that a workspace can be moved."""
    reason: str = ""
    process_id: int | None = None


def record_run(state: State, run: RunRecord) -> None:
    """Write a run that has begun, or one that has already ended."""
    values = {part.name: getattr(run, part.name) for part in fields(run)}
    with state.engine.begin() as connection:
        connection.execute(insert(RUNS).values(**{**values, "parameters": dict(run.parameters)}))


def update_run(state: State, run_id: str, **changes: Any) -> None:
    """Write how a run went on.

    Raises
    ------
    ArgumentError
        No such run.
    """
    with state.engine.begin() as connection:
        done = connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(**changes))
    if done.rowcount == 0:
        raise ArgumentError(f"no run {run_id!r} in the history", "List them with `analytics report history`.")


def list_runs(state: State, *, report: str | None = None, limit: int = 100) -> list[RunRecord]:
    """Give the newest runs first, of one report or of all."""
    query = select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc()).limit(limit)
    if report is not None:
        query = query.where(RUNS.c.report == report)
    with state.engine.begin() as connection:
        return [RunRecord(**row) for row in connection.execute(query).mappings()]


def last_run(
    state: State, report: str, *, slot: datetime | None = None, parameter_set: str | None = None
) -> RunRecord | None:
    """Give the newest run of a report, or of one of its scheduled moments; None when there is none."""
    query = select(RUNS).where(RUNS.c.report == report).order_by(RUNS.c.started_at.desc(), RUNS.c.attempt.desc())
    if slot is not None:
        query = query.where(RUNS.c.slot == slot)
    if parameter_set is not None:
        query = query.where(RUNS.c.parameter_set == parameter_set)
    with state.engine.begin() as connection:
        row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else RunRecord(**row)
