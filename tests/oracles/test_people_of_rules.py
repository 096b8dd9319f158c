"""The people behind a number are those of its own rule: births, exclusions, anchors, references; and of two tenants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_exclusion import exclusion
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.behaviour.lifecycle_periods import STATES
from analytics_lib.behaviour.retention import RetentionResult, retention
from analytics_lib.behaviour.stickiness import stickiness
from analytics_lib.results import Result
from tests.oracles.test_people_everywhere import assert_each_once, counted

SEEDS = 4
STEPS = ["a", "b", "c"]
ANCHORED = [step("a"), step("b", anchored=True), step(["a", "c"])]
SPAN = {"start": "2024-04-01", "end": "2024-04-06"}
ANALYSES: dict[str, Callable[[pd.DataFrame], Result]] = {
    "stickiness by day": stickiness,
    "stickiness at least": lambda events: stickiness(events, at_least=True, **SPAN),
    "stickiness by week": lambda events: stickiness(events, grain="week", time_zone="Asia/Tokyo"),
    "exclude between": lambda events: funnel(events, STEPS, exclude=exclusion("x", after=1, before=2)),
    "stop between": lambda events: funnel(
        events, STEPS, exclude=exclusion("x", after=2), exclude_effect="stop_at_step", by="country"
    ),
    "attempts that exclude": lambda events: funnel(
        events, STEPS, exclude=exclusion("x", after=1, before=3), entry="every", by="country", attribution="all"
    ),
    "sessions that exclude": lambda events: funnel(
        events, STEPS, exclude=exclusion("x", after=1, before=2), unit="session", exclude_effect="stop_at_step"
    ),
    "anchored": lambda events: funnel(events, ANCHORED, order="any", within="4d"),
    "anchored attempts": lambda events: funnel(events, ANCHORED, order="any", entry="every", by="country"),
    "anchored of one colour": lambda events: funnel(events, ANCHORED, order="any", hold_constant="country"),
    "anchored accounts": lambda events: funnel(events, ANCHORED, order="any", unit="country"),
    "of the start": lambda events: retention(events, periods=4, reference="start", **SPAN),
    "of the period before": lambda events: retention(events, periods=4, reference="previous_period"),
    "by group": lambda events: retention(
        events, periods=4, reference="previous_period", by="country", kind="on_or_after"
    ),
    "recurring": lambda events: retention(events, periods=3, reference="previous_period", cohort="recurring"),
    "rolling": lambda events: retention(events, periods=3, rolling=True, start_event="a", average="simple"),
}  # fmt: skip
BIRTHS: dict[str, dict[str, Any]] = {
    "store": {"birth": "first_event_in_store", **SPAN},
    "range": {"birth": "first_event_in_range", **SPAN},
    "created": {"birth": "entity_created", "created": "created"},
    "created, in range": {"birth": "entity_created", "created": "properties.made", "time_zone": "Asia/Tokyo", **SPAN},
}


def history(seed: int) -> pd.DataFrame:
    """Make up to 90 events with ties, events of nobody, and the same few names at two tenants."""
    random = np.random.default_rng(seed)
    rows = int(random.integers(1, 90))
    user = random.choice(np.array(["u1", "u2", "u3", "u4", None], dtype=object), rows)
    tenant, born = random.choice(["t1", "t2"], rows), random.integers(0, 8, rows)
    return pd.DataFrame(
        {
            "user_id": user,
            "tenant_id": tenant,
            "event": random.choice(["a", "b", "c", "x"], rows),
            "event_time": pd.Timestamp("2024-03-30", tz="UTC") + pd.to_timedelta(random.integers(0, 40, rows) * 5, "h"),
            "country": random.choice(np.array(["GB", "NL", None], dtype=object), rows),
            "created": pd.Timestamp("2024-03-29", tz="UTC") + pd.to_timedelta(born, "D"),
            "properties": [f'{{"made": "2024-04-0{number + 1}T08:00:00Z"}}' for number in born],
        }
    )


@pytest.mark.parametrize("analysis", ANALYSES)
def test_each_number_has_its_people(analysis: str) -> None:
    for seed in range(SEEDS):
        result = ANALYSES[analysis](history(seed))
        for column in result.people_columns:
            for number, people in counted(result, column, most=6):
                assert_each_once(number, people)


@pytest.mark.parametrize("birth", BIRTHS)
def test_each_state_has_its_people_whatever_makes_them_new(birth: str) -> None:
    for seed in range(SEEDS):
        result = lifecycle(history(seed), **BIRTHS[birth])
        for row in result.to_frame().to_dict("records"):
            for state in STATES:
                if not pd.isna(row[state]):
                    assert_each_once(row[state], result.people(time=row["time"], state=state))


@pytest.mark.parametrize("reference", ["start", "previous_period"])
@pytest.mark.parametrize("average", ["weighted", "simple"])
def test_an_average_is_of_the_people_of_its_mature_cells(reference: str, average: str) -> None:
    for seed in range(SEEDS):
        result = retention(history(seed), periods=4, reference=reference, average=average, by="country")
        cells = result.to_frame()
        for row in result.average().to_dict("records"):
            assert_average_of_lists(result, cells, row, reference)


def assert_average_of_lists(result: RetentionResult, cells: pd.DataFrame, row: dict[str, Any], reference: str) -> None:
    """Count the people of the cells that an average is made of."""
    same = cells["country"].isna() if pd.isna(row["country"]) else cells["country"] == row["country"]
    there = cells[same & (cells["period"] == row["period"]) & cells["mature"].fillna(value=False)]
    users, compared = 0, 0
    for cell in there.to_dict("records"):
        keys = {"cohort": cell["cohort"], "country": cell["country"]}
        period = cell["period"]
        if reference == "start" or period == 0:
            of = result.people(counted="cohort_users", period=period, **keys).num_rows
        else:
            of = result.people(period=period - 1, **keys).num_rows
        if of:
            users += result.people(period=period, **keys).num_rows
            compared += of
    assert row["users"] == users
    if "reference_users" in row:
        assert row["reference_users"] == compared
