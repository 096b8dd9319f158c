"""Behind every number of every behaviour analysis are exactly as many people as it says, page by page."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib import behaviour
from analytics_lib.behaviour.active_rates import active_rates
from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.activity import activity
from analytics_lib.behaviour.clusters import clusters
from analytics_lib.behaviour.cohort_revenue import cohort_revenue
from analytics_lib.behaviour.conditions import did
from analytics_lib.behaviour.difference import explain_difference
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_course import funnel_course
from analytics_lib.behaviour.lifecycle import LifecycleResult, lifecycle
from analytics_lib.behaviour.lifecycle_periods import STATES
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.paths_difference import paths_difference
from analytics_lib.behaviour.pointer import ClickMapResult, ScrollReachResult, click_map, scroll_reach
from analytics_lib.behaviour.recommendations import recommendations
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.rfm import rfm
from analytics_lib.behaviour.segments import segments
from analytics_lib.behaviour.stickiness import stickiness
from analytics_lib.behaviour.survival import survival
from analytics_lib.behaviour.usage import feature_usage, preferences
from analytics_lib.behaviour.user_days import user_days
from analytics_lib.datasets.pointers import make_pointer_events
from analytics_lib.errors import ArgumentError
from analytics_lib.results import Result

NAMES = ("a", "b", "order.placed")


def history(seed: int, rows: int, *, tenants: bool) -> pd.DataFrame:
    """Make events with ties, events of nobody, and the same user name at two tenants."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "user_id": random.choice(["u1", "u2", "u3", "u4", "u5", None], rows),
            "event": random.choice(NAMES, rows),
            "event_time": pd.Timestamp("2024-03-29", tz="UTC") + pd.to_timedelta(random.integers(0, 200, rows), "h"),
            "country": random.choice(["GB", "NL", None], rows),
            "properties": [f'{{"revenue": {number}}}' for number in random.integers(1, 9, rows)],
        }
    )
    return table.assign(tenant_id=random.choice(["t1", "t2"], rows)) if tenants else table


def two_halves(events: pd.DataFrame) -> Result:
    """Compare people of the first letters with others; events of nobody belong to both."""
    early = events["user_id"].isin(["u1", "u2", "u3"])
    return paths_difference(paths(events[early | events["user_id"].isna()]), paths(events[~early]))


ANALYSES: dict[str, Callable[[pd.DataFrame], Result]] = {
    "active rates": lambda events: active_rates(events, time_zone="Europe/Amsterdam"),
    "active users": lambda events: active_users(events, by="country"),
    "activity": lambda events: activity(events, time_zone="Europe/Amsterdam"),
    "clusters": lambda events: clusters(rfm(events, amount="properties.revenue").buyers, features=["orders"]),
    "difference": lambda events: explain_difference(
        funnel(events, ["a", "b"], within="1d"), funnel(events, ["a", "b"], within="9d", order="any")
    ),
    "trend and funnel": lambda events: explain_difference(event_counts(events), funnel(events, ["a", "b"])),
    "revenue": lambda events: cohort_revenue(events, grain="week", periods=2, by="country"),
    "features": feature_usage,
    "funnel": lambda events: funnel(events, ["a", "b", "order.placed"], within="3d", by="country"),
    "funnel course": lambda events: funnel_course(events, ["a", "b"], grain="day", within="1d"),
    "paths": lambda events: paths(events, length=3),
    "paths difference": two_halves,
    "preferences": lambda events: preferences(events, of="country"),
    "recommendations": lambda events: recommendations(
        events, of="country", shown="a", clicked="b", goal="order.placed", within="3d"
    ),
    "retention": lambda events: retention(events, grain="day", periods=3, by="country"),
    "rfm": lambda events: rfm(events, amount="properties.revenue"),
    "score bands": lambda events: user_days(events).bands("activity_score"),
    "segments": lambda events: segments(events, {"did a": did("a"), "never b": did("b", at_least=0, at_most=0)}),
    "survival": lambda events: survival(events, start_event="a", quiet="1d", by="country"),
    "stickiness": lambda events: stickiness(events, grain="week"),
}


def counted(result: Result, column: str, *, most: int = 15) -> list[tuple[int, pa.Table]]:
    """Give some of the known numbers of the frame, and the list behind each."""
    known = result.to_frame().dropna(subset=column)
    rows = known.sample(min(most, len(known)), random_state=len(known))
    keys = rows[list(result.key_columns)].to_dict("records")
    return [
        (number, result.people(counted=column, **{str(name): value for name, value in row.items()}))
        for number, row in zip(rows[column], keys, strict=True)
    ]


def assert_each_once(number: int, people: pa.Table) -> None:
    assert people.num_rows == number
    assert people.group_by(people.column_names).aggregate([]).num_rows == number


@pytest.mark.parametrize("rows", [1, 25, 60])
@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_list_is_as_long_as_its_number(analysis: str, rows: int) -> None:
    result = ANALYSES[analysis](history(rows, rows, tenants=rows % 2 == 0))

    for column in result.people_columns:
        for number, people in counted(result, column):
            assert_each_once(number, people)


def test_every_behaviour_result_that_counts_people_is_asked_for_them() -> None:
    asked = {type(make(history(1, 60, tenants=False))) for make in ANALYSES.values()}
    asked |= {ClickMapResult, LifecycleResult, ScrollReachResult}
    for module in Path(behaviour.__file__).parent.glob("*.py"):
        importlib.import_module(f"analytics_lib.behaviour.{module.stem}")

    counting = {
        one for one in Result.__subclasses__() if one.people_columns and one.__module__.startswith(behaviour.__name__)
    }

    assert counting - asked == set()


def test_a_column_that_counts_nobody_has_no_people() -> None:
    with pytest.raises(ArgumentError, match="Use at_risk_users, left_users, censored_users"):
        survival(history(1, 25, tenants=False)).people(counted="day", day=0)


def test_each_state_of_the_lifecycle_has_its_people() -> None:
    result = lifecycle(history(1, 12, tenants=True))

    for row in result.to_frame().to_dict("records"):
        for state in STATES:
            if not pd.isna(row[state]):
                assert_each_once(row[state], result.people(time=row["time"], state=state))


def test_clicks_and_reach_have_their_people() -> None:
    events = make_pointer_events(seed=2, users=12)
    agreed = set(events["user_id"])

    for result in (click_map(events, "/offer", consented=agreed, rows=2, columns=2),
                   scroll_reach(events, "/offer", consented=agreed)):  # fmt: skip
        for number, people in counted(result, "users"):
            assert_each_once(number, people)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_all_pages_together_are_the_list_sorted(limit: int) -> None:
    result: Any = segments(history(1, 200, tenants=True), {"did a": did("a")})
    everyone = result.people(segment="did a")

    pages = [
        result.people(segment="did a", limit=limit, offset=first)
        for first in range(0, everyone.num_rows + limit, limit)
    ]

    assert pa.concat_tables(pages).to_pylist() == sorted(everyone.to_pylist(), key=lambda row: tuple(row.values()))
    assert pages[-1].num_rows == 0
    assert all(page.num_rows <= limit for page in pages)
