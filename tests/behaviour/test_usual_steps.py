"""A way to begin with: common to most, in the order in which people come to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from analytics_lib.behaviour.usual_steps import usual_steps


def made(*rows: tuple[str | None, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["user_id", "event", "minute"])
    minutes = pd.to_timedelta(frame.pop("minute"), unit="m")
    return frame.assign(event_time=pd.Timestamp("2024-05-13", tz="UTC") + minutes)


def test_the_most_common_events_in_the_order_of_first_doing(events_as: Callable[[pd.DataFrame], Any]) -> None:
    frame = made(
        ("a", "pay", 9), ("a", "look", 1), ("a", "visit", 0), ("b", "visit", 0), ("b", "look", 2), ("b", "pay", 5),
        ("c", "visit", 3), ("c", "look", 4), ("c", "help", 3), (None, "help", 0), (None, "help", 1), ("d", "visit", 0),
    )  # fmt: skip

    assert usual_steps(events_as(frame)) == ["visit", "look", "pay"]
    assert usual_steps(events_as(frame), most=2) == ["visit", "look"]


def test_one_event_is_asked_for_again_and_no_event_is_no_error() -> None:
    assert usual_steps(made(("a", "order", 0))) == ["order", "order"]
    assert usual_steps(made(("a", "order", 0)).head(0)) == ["page.view", "page.view"]


def test_people_of_two_owners_are_two_people() -> None:
    frame = made(("a", "x", 0), ("a", "y", 1), ("a", "x", 2), ("b", "z", 0))
    frame["tenant_id"] = ["one", "one", "two", "one"]

    assert usual_steps(frame, most=2) == ["x", "y"]
