"""Funnel cases that other products publish in their own tests, where their rule is ours."""

from __future__ import annotations

import json
from datetime import timedelta

import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import step
from tests.conftest import SHARED, shared_data

POSTHOG = SHARED / "peer-vectors" / "posthog_funnel.json"
CLICKHOUSE = SHARED / "peer-vectors" / "clickhouse_funnel_retention.json"


def posthog_cases() -> list[dict]:
    return json.loads(POSTHOG.read_text())["cases"] if POSTHOG.exists() else []


@pytest.mark.parametrize("case", posthog_cases(), ids=lambda case: case["name"])
def test_posthogs_funnels_come_out(case: dict) -> None:
    shared_data("peer-vectors")
    person = {alias: name for name, aliases in case["persons"].items() for alias in aliases}
    events = pd.DataFrame(case["events"])
    events["user_id"] = events["distinct_id"].map(person)
    events["event_time"] = pd.to_datetime(events["timestamp"], utc=True)
    query = case["query"]

    result = funnel(events, query["steps"], within=timedelta(seconds=query["window_seconds"]), order=query["order"])

    expected = case["expected"]
    assert result.to_frame()["users"].tolist() == expected["counts"]
    for number in range(1, 4):
        if f"people_step_{number}" in expected:
            people = result.people(step=number)["user_id"].to_pylist()
            assert sorted(people) == sorted(expected[f"people_step_{number}"])
    for got, seconds in zip(
        result.to_frame()["median_seconds"], expected.get("median_conversion_time_s", []), strict=False
    ):
        assert seconds is None or got == seconds


def clickhouse_cases() -> list[dict]:
    if not CLICKHOUSE.exists():
        return []
    cases = json.loads(CLICKHOUSE.read_text())["window_funnel"]
    same_rule = [case for case in cases if case["modes"] in ([], ["strict_once"])]
    return [case for case in same_rule if not case.get("version_dependent")]


@pytest.mark.parametrize("case", clickhouse_cases(), ids=lambda case: case["name"])
def test_clickhouses_funnels_come_out(case: dict) -> None:
    events = pd.DataFrame(
        {
            "user_id": "u",
            "event": [str(event["e"]) for event in case["events"]],
            "code": [float(event["e"]) if not isinstance(event["e"], str) else 0.0 for event in case["events"]],
            "event_time": [pd.Timestamp(0, tz="UTC") + pd.Timedelta(event["t"], "us") for event in case["events"]],
        }
    )
    steps = [
        step(str(one["value"])) if one["op"] == "=" else step(where={"code": (one["op"], one["value"])})
        for one in case["conditions"]
    ]
    if len(steps) < 2:
        steps.append(step("nothing like it"))

    frame = funnel(events, steps, within=timedelta(microseconds=case["window"])).to_frame()

    # its default lets one event serve several steps; ours, like its strict_once, never does
    expected = 1 if case["name"] == "one_event_matches_three_steps_default" else case["expected_level"]
    assert int(frame["users"].sum()) == expected
