"""Walks in order of unit and time."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour import parts
from analytics_lib.behaviour.path_names import cleaned_names
from analytics_lib.behaviour.paths import paths
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


@pytest.mark.parametrize("unit", ["user", "session", "plan"])
@pytest.mark.parametrize("sent", [False, True])
def test_parts_for_several_threads_give_the_same_transitions_and_people(
    unit: str, sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(4)
    events = pd.DataFrame(
        {
            "user_id": random.choice([*(f"u{number}" for number in range(20)), None], 300),
            "event": random.choice(["a", "b", "c", "d"], 300),
            "plan": random.choice(["free", "paid", "trial"], 300),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC")
            + pd.to_timedelta(random.integers(0, 2000, 300), unit="min"),
        }
    )
    events.loc[events["user_id"] == "u3", "event"] = "only here"
    if sent:
        events["session_id"] = random.choice(["s1", "s2", None], 300)

    for asked in ({}, {"anchor": "b", "collapse": False, "top": 4}, {"exclude": ["a"], "rename": {"c": "b"}}):
        monkeypatch.setattr(parts, "ROWS_OF_A_PART", 200_000)
        whole = paths(events, unit=unit, **asked)
        monkeypatch.setattr(parts, "ROWS_OF_A_PART", 30)
        in_parts = paths(events, unit=unit, **asked)

        pd.testing.assert_frame_equal(whole.to_frame(), in_parts.to_frame())
        assert (whole.notes, whole.total) == (in_parts.notes, in_parts.total)
        row = {name: whole.to_frame().iloc[1][name] for name in ("step", "source", "target")}
        assert whole.people(**row).to_pylist() == in_parts.people(**row).to_pylist()
