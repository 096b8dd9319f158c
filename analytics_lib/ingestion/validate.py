"""Judge canonical events: what is missing, what lies in the future, what the tracking plan forbids."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion.blocks import text_column
from analytics_lib.ingestion.plans import TrackingPlans
from analytics_lib.ingestion.verdicts import Judgement

FUTURE_TOLERANCE: Final = timedelta(hours=1)
"""How far ahead of the clock at reception an event may lie."""


def validate(
    table: pa.Table,
    judgement: Judgement,
    *,
    plan: TrackingPlans | None = None,
    future_tolerance: timedelta = FUTURE_TOLERANCE,
) -> pa.Table:
    """Mark the rows that can't be believed; give the table with properties as the plan wants them stored."""
    for name, said in (("event_name", "the event has no name"), ("event_time", "the event has no time")):
        judgement.mark(pc.is_null(table[name].combine_chunks()), "required_missing", said)
    _mark_future(table, judgement, future_tolerance)
    return table if plan is None else _by_plan(table, judgement, plan)


def _mark_future(table: pa.Table, judgement: Judgement, tolerance: timedelta) -> None:
    limit = pc.add(table["received_at"].combine_chunks(), pa.scalar(tolerance, pa.duration("us")))
    ahead = pc.greater(table["event_time"].combine_chunks(), limit)
    if pc.any(ahead).as_py():
        hours = f"{tolerance.total_seconds() / 3600:g} h"
        judgement.mark(ahead, "future_time", f"the event lies more than {hours} after it was received")


def _by_plan(table: pa.Table, judgement: Judgement, plan: TrackingPlans) -> pa.Table:
    if plan.names is not None:
        concerned = pc.is_in(table["event"], pa.array(sorted(plan.names), pa.string()))
        if not pc.any(concerned).as_py():
            return table
    known: dict[tuple[str | None, ...], Any] = {}
    texts: list[str | None] = []
    wrong: dict[str, dict[int, str]] = {}
    said = [table[name].to_pylist() for name in ("event", "properties", "tenant_id", "application_id")]
    for row, key in enumerate(zip(*said, strict=True)):
        event, properties, tenant_id, application_id = key
        if event is None:
            texts.append(properties)
            continue
        if key not in known:
            known[key] = plan.judge(event, properties, tenant_id=tenant_id, application_id=application_id)
        finding, text = known[key]
        texts.append(text)
        if finding is not None:
            wrong.setdefault(finding[0], {})[row] = finding[1]
    for reason, rows in wrong.items():
        judgement.mark([row in rows for row in range(table.num_rows)], reason, rows)
    return table.set_column(table.column_names.index("properties"), "properties", text_column(texts))
