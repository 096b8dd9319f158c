"""What retention fetches."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from analytics_lib.behaviour.retention_events import bucket_numbers, needed_columns
from analytics_lib.behaviour.retention_rules import read_retention_rules
from analytics_lib.engine.times import micros
from analytics_lib.periods import bucket_edges


def test_bucket_numbers_hold_on_even_and_uneven_edges() -> None:
    even = bucket_edges(datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 5, 4, tzinfo=UTC), "day")
    uneven = bucket_edges(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC), "month")

    assert bucket_numbers(np.array([micros(edge) for edge in even]), even).tolist() == [0, 1, 2, 3]
    assert bucket_numbers(np.array([micros(edge) - 1 for edge in uneven]), uneven).tolist() == [-1, 0, 1, 2]


def test_a_name_of_the_event_is_needed_only_where_one_is_asked_for() -> None:
    usual = {"grain": "day", "periods": 1, "kind": "on", "cohort": "first_ever", "brackets": None, "rolling": False}
    any_event = read_retention_rules(start_event=None, return_event=None, value_from="start", **usual)
    named = read_retention_rules(start_event="a", return_event=None, value_from="start", **usual)

    assert needed_columns(any_event, ("os",)) == ["user_id", "event_time", "os"]
    assert needed_columns(named, ()) == ["user_id", "event_time", "event"]
