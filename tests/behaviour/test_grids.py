"""Sparse counts become one row for every bucket and group."""

from __future__ import annotations

import pandas as pd

from analytics_lib.behaviour.grids import filled_grid, sorted_groups
from analytics_lib.behaviour.scope import open_scope


def test_what_nobody_counted_is_zero_where_data_was_complete() -> None:
    times = pd.DataFrame({"event_time": pd.to_datetime(["2024-05-01", "2024-05-03"])})
    scope = open_scope(times, ["event_time"], analysis="test")
    counts = pd.DataFrame({"bucket": [2], "os": ["x"], "events": [7]})

    grid = filled_grid(counts, scope, scope.edges("day"), by=["os"], value="events")

    assert grid["events"].tolist() == [0, 0, 7]


def test_the_unknown_group_comes_last() -> None:
    counts = pd.DataFrame({"os": [None, "b", "a", "b"]})

    assert sorted_groups(counts, ["os"])["os"].isna().tolist() == [False, False, True]
