"""Walks in order of unit and time."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from analytics_lib.behaviour.path_names import cleaned_names
from analytics_lib.behaviour.paths_events import Walks, fetch_walks, walk_columns
from analytics_lib.behaviour.scope import open_scope


def walks(collapse: bool, unit: str = "user", **cleaning: object) -> Walks:
    events = pd.DataFrame(
        {
            "user_id": ["u", "u", "u", "u", None],
            "event": ["b", "a", "x", "a", "a"],
            "event_time": pd.to_datetime(
                ["2024-05-01 09:00", "2024-05-01 09:00", "2024-05-01 09:01"] + ["2024-05-01 09:02"] * 2
            ),
        }
    )
    scope = open_scope(events, walk_columns("event", unit), analysis="test")
    return fetch_walks(
        scope,
        node="event",
        unit=unit,
        clean=lambda names: cleaned_names(names, **cleaning),  # type: ignore[arg-type]
        collapse=collapse,
        gap=timedelta(minutes=30),
    )


def test_equal_times_stand_in_order_of_their_names() -> None:
    found = walks(collapse=False)

    assert [found.names[node] for node in found.node] == ["a", "b", "x", "a"]
    assert found.left_out == 1


def test_repeats_left_after_cleaning_are_one_visit() -> None:
    found = walks(collapse=True, exclude=["x"], rename={"b": "a"})

    assert [found.names[node] for node in found.node] == ["a"]
    assert found.first.tolist() == [0]
