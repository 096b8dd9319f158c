"""The array pass on histories small enough to follow by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analytics_lib.behaviour.funnel_pass import Histories, levels, paths
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps


def histories(time: list[int], steps: str, segment: list[int] | None = None) -> Histories:
    matches = np.array([1 << "abc".index(letter) for letter in steps])
    segments = np.array(segment or [0] * len(time))
    return Histories(
        segment=segments,
        unit=segments,
        time=np.array(time),
        clock=np.array(time),
        matches=matches,
        candidate=matches == 1,
    )


def rules(**more: object) -> Rules:
    return Rules(read_steps(["a", "b", "c"]), **more)  # type: ignore[arg-type]


def test_a_path_takes_the_earliest_next_events_and_never_leaves_its_segment() -> None:
    two_units = histories([0, 1, 2, 0, 5], "abbac", segment=[0, 0, 0, 1, 1])
    entries = np.array([0, 3])

    assert levels(two_units, rules(), entries).tolist() == [2, 1]
    assert paths(two_units, rules(), entries, np.array([2, 1])).T.tolist() == [[0, 1, -1], [3, -1, -1]]


def test_a_window_from_the_previous_step_waits_for_the_event_that_gets_further() -> None:
    from datetime import timedelta

    asked = rules(within=timedelta(microseconds=60), window_from="previous_step")
    one = histories([0, 10, 50, 100], "abbc")

    assert paths(one, asked, np.array([0]), levels(one, asked, np.array([0]))).T.tolist() == [[0, 2, 3]]


def test_events_out_of_order_are_refused() -> None:
    with pytest.raises(AssertionError):
        histories([2, 1], "ab")
