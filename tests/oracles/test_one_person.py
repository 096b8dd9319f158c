"""One person with a great many events, two in each second: no analysis may take the square of their number."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.behaviour.paths import paths
from analytics_lib.behaviour.retention import retention
from analytics_lib.behaviour.sessions import sessions
from analytics_lib.behaviour.user_days import user_days

PAIRS = 100_000
"""What grows with the square of their number would take an hour."""


@lru_cache(maxsize=1)
def busy() -> pd.DataFrame:
    """Give somebody who does `a` and `b` in each second of 28 hours."""
    second = np.repeat(np.arange(PAIRS), 2)
    return pd.DataFrame(
        {
            "user_id": "u",
            "event": np.tile(["b", "a"], PAIRS),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta(second, "s"),
        }
    )


@pytest.mark.parametrize("within", ["0s", "1d"])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_every_pair_is_an_attempt_that_converts(order: str, within: str) -> None:
    frame = funnel(busy(), ["a", "b"], entry="every", order=order, within=within).to_frame()

    assert frame["entries"].tolist() == [PAIRS, PAIRS]
    assert frame["users"].tolist() == [1, 1]


@pytest.mark.parametrize("dialect", [None, "posthog", "clickhouse", "mixpanel", "amplitude", "umami"])
def test_each_dialect_counts_the_one_person(dialect: str | None) -> None:
    assert funnel(busy(), ["a", "b"], dialect=dialect).to_frame()["users"].tolist() == [1, 1]


def test_other_analyses_count_one_person_and_all_events() -> None:
    assert sessions(busy()).to_frame()["events"].sum() == 2 * PAIRS
    assert paths(busy(), unit="user", length=3, collapse=False).to_frame()["users"].tolist() == [1, 1, 1]
    assert active_users(busy()).total == 1
    assert retention(busy(), periods=2).to_frame()["users"].tolist()[0] == 1
    assert lifecycle(busy()).to_frame()["new"].tolist() == [1, 0]
    assert user_days(busy()).to_frame()["events"].sum() == 2 * PAIRS
