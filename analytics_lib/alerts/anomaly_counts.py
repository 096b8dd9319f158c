"""Keep found anomalies, and count each once in the metric ``anomalies_detected``, however often it is found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

import pyarrow as pa

from analytics_lib.lake.tables import Lake
from analytics_lib.state.anomaly_history import AnomalyRecord, read_anomalies, record_anomalies
from analytics_lib.state.database import State

METRIC: Final = "anomalies_detected"
"""The sum of its values over any time, tenant or tag is how many anomalies were found there."""


def keep_anomalies(state: State, lake: Lake, found: Iterable[AnomalyRecord]) -> list[AnomalyRecord]:
    """Add anomalies to the history, count each once in the lake's ``metrics``, and give those that were new.

    Parameters
    ----------
    state
        Where the history is.
    lake
        Where the metric goes: one row of value 1 at the time of each anomaly, with the tags ``metric`` (what was
        measured), ``severity``, ``message`` and ``found_by``.
    found
        What an analysis or a monitor flagged; see :func:`~analytics_lib.state.anomaly_history.flagged_records`.

    Raises
    ------
    ArgumentError
        A status that does not exist.
    LakeBusyError
        Other writers were in the way for too long; the next run counts what is missing.

    Notes
    -----
    The history is written first, and what it kept is counted: a run that was cut between the two, or that finds an
    anomaly again with another severity, leaves every anomaly counted exactly once.
    """
    wanted = list(found)
    added = record_anomalies(state, wanted)
    kept = read_anomalies(state, (one.anomaly_id for one in wanted))
    if kept:
        lake.append("metrics", pa.Table.from_pylist([_row(one) for one in kept]), batch_id=_batch_id(kept))
    return added


def _row(one: AnomalyRecord) -> dict[str, Any]:
    tags = {"metric": one.series, "severity": one.severity, "message": one.reason, "found_by": one.found_by}
    return {
        "metric_id": f"{METRIC}:{one.anomaly_id}", "tenant_id": one.tenant_id, "name": METRIC, "type": "counter",
        "value": 1.0, "unit": "anomalies", "tags": json.dumps(tags, sort_keys=True), "time": one.time,
    }  # fmt: skip


def _batch_id(kept: list[AnomalyRecord]) -> str:
    names = "\0".join(sorted(one.anomaly_id for one in kept))
    return f"{METRIC}:{sha256(names.encode()).hexdigest()[:16]}"
