"""From completions to people and groups."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_outcome import group_labels
from analytics_lib.behaviour.funnel_steps import step


def events(written: str) -> pd.DataFrame:
    parts = written.split()
    times = pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta([int(part[1:]) for part in parts], "min")
    return pd.DataFrame({"user_id": "u", "event": [part[0] for part in parts], "event_time": times})


def test_a_missing_group_is_added_where_no_event_had_one() -> None:
    assert group_labels(pa.table({"os": ["a"]}), 2)["os"].isna().tolist() == [False, True]


def test_an_optional_step_takes_the_earliest_event_that_serves_no_other_step() -> None:
    steps = ["A", step("B", optional=True), step("B", optional=True), "C"]

    result = funnel(events("A0 B1 B2 C3"), steps)

    assert result.to_frame()["users"].tolist() == [1, 1, 1, 1]
    assert funnel(events("A0 C1 B2"), steps).to_frame()["users"].tolist() == [1, 0, 0, 1]
    assert funnel(events("A0 B2"), ["A", step("B", optional=True), "C"]).to_frame()["users"].tolist() == [1, 1, 0]


def test_a_window_is_open_until_observation_passes_it() -> None:
    young = funnel(events("A0 Z59"), ["A", "B"], within="60min")
    old = funnel(events("A0 Z60"), ["A", "B"], within="60min")

    assert young.to_frame()["immature"].tolist() == [1, 1]
    assert old.to_frame()["immature"].tolist() == [0, 0]
