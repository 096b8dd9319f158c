"""Found anomalies are kept once, listed, and reviewed by somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sql

from analytics_lib.errors import ArgumentError
from analytics_lib.state.anomaly_history import (
    AnomalyRecord,
    flagged_records,
    list_anomalies,
    read_anomalies,
    record_anomalies,
    review_anomaly,
)
from analytics_lib.state.database import State, open_state
from analytics_lib.statistics.anomalies import anomalies
from analytics_lib.statistics.monitor import AnomalyMonitor

NOON = datetime(2024, 5, 13, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / "state.db")


def record(hours: int = 0, **given: object) -> AnomalyRecord:
    values = {"series": "errors", "time": NOON + timedelta(hours=hours), "found_at": LATER, "value": 9.0, **given}
    return AnomalyRecord(**values)


def test_what_is_found_again_is_not_added_again(state: State) -> None:
    assert len(record_anomalies(state, [record(0), record(1), record(1)])) == 2
    again = [record(1, value=10.0, found_at=LATER + timedelta(days=1)), record(2)]

    assert record_anomalies(state, again) == [record(2)]
    assert list_anomalies(state) == [record(2), record(1), record(0)]


def test_anomalies_are_read_by_their_ids_also_by_the_thousand(state: State) -> None:
    many = [record(hours) for hours in range(1200)]
    record_anomalies(state, many)

    assert read_anomalies(state, [record(1).anomaly_id, "unknown", record(0).anomaly_id]) == [record(0), record(1)]
    assert read_anomalies(state, (one.anomaly_id for one in many)) == many
    assert read_anomalies(state, []) == []


def test_finding_it_again_keeps_what_people_said(state: State) -> None:
    record_anomalies(state, [record()])
    review_anomaly(state, record().anomaly_id, "dismissed", reviewed_by="ada", reviewed_at=LATER, note="a holiday")

    record_anomalies(state, [record()])

    (kept,) = list_anomalies(state)
    assert (kept.status, kept.reviewed_by, kept.reviewed_at, kept.note) == ("dismissed", "ada", LATER, "a holiday")


def test_the_same_moment_of_another_series_or_tenant_is_another_anomaly(state: State) -> None:
    other = [record(), record(series="orders"), record(tenant_id="shop")]

    assert len(record_anomalies(state, other)) == 3
    assert len({one.anomaly_id for one in other}) == 3


def test_one_moment_written_in_two_zones_is_one_anomaly(state: State) -> None:
    there = record(time=NOON.astimezone(datetime.strptime("+0530", "%z").tzinfo))

    record_anomalies(state, [record(), there])

    assert list_anomalies(state) == [record()]


def test_the_history_is_searched_by_series_status_tenant_and_time(state: State) -> None:
    record_anomalies(state, [record(hour) for hour in range(5)] + [record(series="orders", tenant_id="shop")])
    review_anomaly(state, record(3).anomaly_id, "confirmed", reviewed_by="ada", reviewed_at=LATER)

    assert [one.time.hour for one in list_anomalies(state, status="confirmed")] == [15]
    assert len(list_anomalies(state, status="new", series="errors")) == 4
    assert len(list_anomalies(state, tenant_id="shop")) == 1
    between = list_anomalies(state, series="errors", start=record(1).time, end=record(3).time)
    assert [one.time.hour for one in between] == [14, 13]
    assert [one.time.hour for one in list_anomalies(state, limit=2)] == [16, 15]


def test_a_review_can_be_taken_back(state: State) -> None:
    record_anomalies(state, [record()])
    for status in ("confirmed", "new"):
        kept = review_anomaly(state, record().anomaly_id, status, reviewed_by="ada", reviewed_at=LATER)
        assert kept.status == status


def test_impossible_reviews_are_refused(state: State) -> None:
    record_anomalies(state, [record()])
    with pytest.raises(ArgumentError, match="status"):
        review_anomaly(state, record().anomaly_id, "maybe", reviewed_by="ada", reviewed_at=LATER)
    with pytest.raises(ArgumentError, match="needs a name"):
        review_anomaly(state, record().anomaly_id, "confirmed", reviewed_by=" ", reviewed_at=LATER)
    with pytest.raises(ArgumentError, match="no anomaly 'x'"):
        review_anomaly(state, "x", "confirmed", reviewed_by="ada", reviewed_at=LATER)
    with pytest.raises(ArgumentError, match="status"):
        list_anomalies(state, status="open")


def test_the_flags_of_the_batch_analysis_become_records(state: State) -> None:
    hours = pd.date_range("2024-05-01", periods=400, freq="h", tz="UTC")
    values = np.random.default_rng(7).normal(100, 5, 400)
    values[250] = 160
    frame = anomalies(pd.Series(values, index=hours)).to_frame()

    found = flagged_records(frame.to_dict("records"), series="load", found_at=LATER)
    record_anomalies(state, found)

    assert {one.time for one in list_anomalies(state)} == set(frame.loc[frame["is_anomaly"].fillna(False), "time"])
    worst = next(one for one in found if one.time == hours[250])
    assert (worst.value, worst.severity, worst.found_by) == (160.0, "high", "anomalies")


def test_the_alarms_of_a_monitor_become_records() -> None:
    monitor = AnomalyMonitor()
    rows = []
    for i in range(400):
        moment, value = NOON + timedelta(minutes=5 * i), 99.0 if i == 399 else 20.0 + i % 7
        score = monitor.update(moment, value)
        rows.append({"time": moment, "value": value, "is_anomaly": score.is_anomaly, "score": score.value,
                     "low": score.low, "high": score.high, "reason": score.reason})  # fmt: skip

    (found,) = flagged_records(rows, series="queue", found_at=LATER, found_by="monitor")

    assert (found.value, found.found_by, found.time) == (99.0, "monitor", rows[-1]["time"])
    assert found.reason


def test_unknown_numbers_are_none_and_unknown_flags_are_no_anomalies() -> None:
    rows = [{"time": NOON, "value": np.nan, "low": -np.inf, "is_anomaly": True},
            {"time": NOON, "value": 1.0, "is_anomaly": pd.NA},
            {"time": NOON, "value": 1.0, "is_anomaly": np.False_}]  # fmt: skip

    (found,) = flagged_records(rows, series="errors", found_at=LATER)

    assert (found.value, found.low, found.severity) == (None, None, "low")


def test_a_database_from_before_gets_the_table(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    with state.engine.begin() as connection:
        connection.execute(sql.text("DROP TABLE anomalies"))
        connection.execute(sql.text("DELETE FROM schema_version WHERE version > 2"))
    state.close()

    again = open_state(tmp_path / "state.db")

    assert len(record_anomalies(again, [record()])) == 1


def test_thousands_are_added_at_once(state: State) -> None:
    many = [record(hour) for hour in range(2500)]

    assert len(record_anomalies(state, many)) == 2500
    assert record_anomalies(state, many) == []
    assert len(list_anomalies(state, limit=None)) == 2500
