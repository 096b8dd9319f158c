"""Events without name or time, or from the future, are not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from analytics_lib.ingestion.plans import read_plans
from analytics_lib.ingestion.validate import validate
from analytics_lib.ingestion.verdicts import Judgement

NOW = datetime(2024, 6, 1, tzinfo=UTC)
STAMP = pa.timestamp("us", "UTC")


def table(times, names=None):
    names = names or ["a"] * len(times)
    return pa.table({
        "event_name": pa.array(names, pa.string()), "event": pa.array(names, pa.string()),
        "event_time": pa.array(times, STAMP), "received_at": pa.array([NOW] * len(times), STAMP),
        "properties": ["{}"] * len(times), "tenant_id": ["shop"] * len(times),
        "application_id": pa.nulls(len(times), pa.string()),
    })  # fmt: skip


def test_more_than_an_hour_ahead_is_the_future_and_exactly_an_hour_is_not():
    judgement = Judgement(3)
    hour = timedelta(hours=1)
    validate(table([NOW + hour, NOW + hour + timedelta(microseconds=1), NOW]), judgement)
    assert judgement.bad(kept=True) == [(1, "future_time", "the event lies more than 1 h after it was received")]


def test_a_name_and_a_time_are_required():
    judgement = Judgement(2)
    validate(table([NOW, None], [None, "a"]), judgement)
    assert [detail for _, _, detail in judgement.bad(kept=True)] == ["the event has no name", "the event has no time"]


def test_a_plan_judges_rows_and_changes_what_is_stored():
    judgement = Judgement(3)
    plan = read_plans({"events": {"a": {"properties": {"n": {"required": True}}}}, "unplanned": False})
    validate(table([NOW] * 3, ["a", "b", None]), judgement, plan=plan)
    assert [reason for _, reason, _ in judgement.bad(kept=True)] == [
        "required_missing", "unplanned_event", "required_missing",
    ]  # fmt: skip


def test_a_plan_for_other_events_costs_nothing():
    given = table([NOW])
    plan = read_plans({"events": {"other": {}}})
    assert validate(given, Judgement(1), plan=plan) is given
