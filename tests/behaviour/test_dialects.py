"""Funnels as other products count them: golden cases, and cases from the products' own tests."""

from __future__ import annotations

import json
import operator
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from analytics_lib.behaviour.dialects import DIALECTS, read_dialect
from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.errors import ArgumentError
from tests.conftest import shared_data

NOON = pd.Timestamp("2024-05-01 12:00", tz="UTC")
NAMES = (
    None, "clickhouse", "clickhouse_strict_increase", "clickhouse_strict_once", "posthog", "mixpanel", "amplitude",
    "umami",
)  # fmt: skip
GOLDEN = {  # case: events at minutes, steps, window, and the level under each of NAMES ("." = no published value)
    "T1 re-entry": ("A0 A30 B45 C75", "ABC", "60min", "333332.3"),
    "T2 tie in order": ("A0 B0", "AB", "60min", "22122222"),
    "T2r tie, rows reversed": ("B0 A0", "AB", "60min", "22122222"),
    "T3 one second early": ("B0 A0.0166666", "AB", "60min", "11111221"),
    "T4 one event, repeated step": ("A0", "AA", "60min", "12111..2"),
    "T4b two events, repeated step": ("A0 A5", "AA", "60min", "22122..2"),
    "T5 window edge": ("A0 B60", "AB", "60min", "22222..2"),
    "T5b past the edge": ("A0 B61", "AB", "60min", "111111.1"),
    "T6 interloper": ("A0 D1 B2", "AB", "60min", "22222222"),
    "T7 split entry": ("A0 B1 A50 C70", "ABC", "60min", "222222.2"),
    "T7b window per step": ("A0 B50 C100", "ABC", "60min", "222222.3"),
    "T8 early later step": ("A0 C1 B2 C3", "ABC", "60min", "333333.3"),
    "T10 60-day gap": ("A0 B86400", "AB", "14d", "111111.1"),
}
CASES = [
    pytest.param(written, steps, within, name, int(level), id=f"{case}-{name}")
    for case, (written, steps, within, levels) in GOLDEN.items()
    for name, level in zip(NAMES, levels, strict=True)
    if level != "."
]


def history(written: str) -> pd.DataFrame:
    parts = written.split()
    return pd.DataFrame(
        {
            "user_id": "u",
            "event": [part[0] for part in parts],
            "event_time": [NOON + pd.Timedelta(float(part[1:]), "min") for part in parts],
        }
    )


def level(result: FunnelResult) -> int:
    return int(result.to_frame()["users"].sum())


@pytest.mark.parametrize(("written", "steps", "within", "name", "expected"), CASES)
def test_golden_cases_reach_the_level_each_product_gives(
    written: str, steps: str, within: str, name: str | None, expected: int
) -> None:
    assert level(funnel(history(written), list(steps), within=within, dialect=name)) == expected


@pytest.mark.parametrize(
    ("written", "steps", "name", "asked", "expected"),
    [
        ("A0 D1 B2", "AB", "clickhouse", {"order": "strict"}, 1),
        ("A0 D1 B2", "AB", "posthog", {"order": "strict"}, 1),
        ("A0 D1 B2", "AB", "amplitude", {"order": "strict"}, 1),
        ("A0 C1 B2 C3", "ABC", "clickhouse", {"order": "strict"}, 1),
        ("A0 X1 B2", "AB", "posthog", {"exclude": "X"}, 0),
        ("A0 X1 B2", "AB", "mixpanel", {"exclude": "X"}, 1),
    ],
)
def test_order_and_exclusion_follow_the_product(
    written: str, steps: str, name: str, asked: dict[str, Any], expected: int
) -> None:
    assert level(funnel(history(written), list(steps), dialect=name, **asked)) == expected


def test_umami_counts_no_step_behind_the_end_of_the_range() -> None:
    asked = {"within": "60min", "start": NOON, "end": NOON + timedelta(minutes=1)}

    assert level(funnel(history("A0 B5"), ["A", "B"], **asked)) == 2
    assert level(funnel(history("A0 B5"), ["A", "B"], dialect="umami", **asked)) == 1


COMPARE = {"=": operator.eq, "<=": operator.le, ">=": operator.ge}
MODES = {
    (): {"dialect": "clickhouse"},
    ("strict_increase",): {"dialect": "clickhouse_strict_increase"},
    ("strict_once",): {"dialect": "clickhouse_strict_once"},
    ("strict_order",): {"dialect": "clickhouse", "order": "strict"},
}


def test_clickhouse_gives_the_levels_of_its_own_tests() -> None:
    vectors = json.loads(shared_data("peer-vectors/clickhouse_funnel_retention.json").read_text())["window_funnel"]
    asked = [
        one
        for one in vectors
        if tuple(one["modes"]) in MODES and not one.get("version_dependent") and len(one["conditions"]) > 1
    ]

    found = {one["name"]: level(_of_vector(one)) for one in asked}

    assert len(asked) > 40
    assert found == {one["name"]: one["expected_level"] for one in asked}


def _of_vector(one: dict[str, Any]) -> FunnelResult:
    """Give the funnel of a case; its clock ticks microseconds here, so that its largest times are dates."""
    seen = sorted({event["e"] for event in one["events"]}, key=str)
    steps = [
        step([str(code) for code in seen if COMPARE[asked["op"]](code, asked["value"])] or str(asked["value"]))
        for asked in one["conditions"]
    ]
    events = pd.DataFrame(
        {
            "user_id": "u",
            "event": [str(event["e"]) for event in one["events"]],
            "event_time": pd.to_datetime([event["t"] for event in one["events"]], unit="us", utc=True),
        }
    )
    return funnel(events, steps, within=timedelta(microseconds=one["window"]), **MODES[tuple(one["modes"])])


def test_posthog_gives_the_counts_people_and_times_of_its_own_tests() -> None:
    cases = json.loads(shared_data("peer-vectors/posthog_funnel.json").read_text())["cases"]

    for case in cases:
        person = {distinct: name for name, ids in case["persons"].items() for distinct in ids}
        events = pd.DataFrame(case["events"]).rename(columns={"timestamp": "event_time"})
        events["user_id"] = events["distinct_id"].map(person)
        asked, wanted = case["query"], case["expected"]
        result = funnel(
            events.assign(event_time=pd.to_datetime(events["event_time"])), asked["steps"],
            within=timedelta(seconds=asked["window_seconds"]), order=asked["order"], dialect="posthog",
        )  # fmt: skip
        frame = result.to_frame()
        assert frame["users"].tolist() == wanted["counts"], case["name"]
        for number, median in enumerate(wanted.get("median_conversion_time_s", [])):
            assert median is None or frame["median_seconds"][number] == median, case["name"]
        for number in (1, 2, 3):
            people = wanted.get(f"people_step_{number}")
            assert people is None or set(result.people(step=number)["user_id"].to_pylist()) == set(people)


def test_a_name_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(ArgumentError, match="mixpanel"):
        read_dialect("mixpannel")


@pytest.mark.parametrize("name", list(DIALECTS))
def test_the_definition_names_the_dialect_and_its_rule(name: str) -> None:
    said = funnel(history("A0 B1"), ["A", "B"], dialect=name).definition

    assert f"As {name} counts: {DIALECTS[name].rule}" in said
