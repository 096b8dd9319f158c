"""What follows from looking for anomalies: history, metric, log, an alert for each high one, an update for viewers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from analytics_lib.alerts.anomaly_counts import METRIC, keep_anomalies
from analytics_lib.lake.tables import Lake
from analytics_lib.state.anomaly_history import AnomalyRecord
from analytics_lib.state.database import State

CHECK_METRIC: Final = "anomaly_check"
"""Its rows of value 0 say when and where a check found nothing new."""

_LOG: Final = logging.getLogger("analytics_lib.anomalies")


@dataclass(frozen=True, slots=True)
class AnomalyCheck:
    """What one check found that nobody knew before."""

    series: str
    tenant_id: str
    checked_at: datetime
    new: tuple[AnomalyRecord, ...]
    """In the order they were found; empty when all is as before."""

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """Give one alert per new anomaly of high severity, for whatever channel sends it."""
        return [anomaly_alert(one) for one in self.new if one.severity == "high"]

    @property
    def update(self) -> dict[str, Any] | None:
        """Give the message for those who watch `anomalies_detected` live; None when there is nothing to tell."""
        if not self.new:
            return None
        metadata = [{"metric": one.series, "severity": one.severity, "message": one.reason} for one in self.new]
        return {
            "type": "realtime_update", "metric": METRIC, "value": len(self.new),
            "timestamp": self.checked_at.isoformat(), "metadata": metadata,
        }  # fmt: skip


def record_check(
    state: State, lake: Lake, found: Iterable[AnomalyRecord], *, series: str, checked_at: datetime,
    tenant_id: str = "default",
) -> AnomalyCheck:  # fmt: skip
    """Keep, count and log what a check of one series found; nothing new leaves a row ``anomaly_check`` of value 0.

    Parameters
    ----------
    state, lake
        Where the history and the metrics are.
    found
        All that the check flagged, known or not; see :func:`~analytics_lib.alerts.anomaly_counts.keep_anomalies`.
    series
        What was checked, as the records name it.
    checked_at
        When; a check told twice is one row.
    tenant_id
        Whose series.

    Raises
    ------
    LakeBusyError
        Other writers were in the way for too long.
    """
    check = AnomalyCheck(series, tenant_id, checked_at, tuple(keep_anomalies(state, lake, found)))
    for one in check.new:
        level = logging.WARNING if one.severity == "high" else logging.INFO
        _LOG.log(level, "anomaly in %s at %s (%s): %s", one.series, one.time.isoformat(), one.severity, one.reason)
    if not check.new:
        row = _nothing(check)
        lake.append("metrics", pa.Table.from_pylist([row]), batch_id=str(row["metric_id"]))
    return check


def anomaly_alert(one: AnomalyRecord) -> dict[str, Any]:
    """Give the alert for one anomaly, as plain values.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2024, 5, 13, 12, tzinfo=UTC)
    >>> alert = anomaly_alert(AnomalyRecord(series="errors", time=noon, found_at=noon, value=9.0, reason="spike"))
    >>> alert["title"], alert["severity"], alert["message"]
    ('Anomaly detected: errors', 'warning', 'spike')
    """
    context = {
        "value": one.value, "expected": one.expected, "low": one.low, "high": one.high,
        "time": one.time.isoformat(), "tenant_id": one.tenant_id, "anomaly_id": one.anomaly_id,
    }  # fmt: skip
    return {
        "type": "anomaly", "severity": "warning", "title": f"Anomaly detected: {one.series}", "message": one.reason,
        "context": context,
    }  # fmt: skip


def _nothing(check: AnomalyCheck) -> dict[str, Any]:
    return {
        "metric_id": f"{CHECK_METRIC}:{check.tenant_id}:{check.series}:{check.checked_at.isoformat()}",
        "tenant_id": check.tenant_id, "name": CHECK_METRIC, "type": "gauge", "value": 0.0, "unit": "anomalies",
        "tags": json.dumps({"metric": check.series}), "time": check.checked_at,
    }  # fmt: skip
