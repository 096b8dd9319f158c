"""A clock that ticks with each session."""

from __future__ import annotations

import numpy as np

from analytics_lib.behaviour.funnel_clock import session_clock


def test_a_moment_reads_as_the_sessions_begun_by_then_even_where_they_overlap() -> None:
    unit = np.array([0, 0, 0, 1, 0, -1])
    session = np.array([5, 6, 5, 6, -1, 7])
    time = np.array([10, 20, 30, 40, 5, 1])

    clock = session_clock(unit, session, time)

    assert clock.read(np.array([0, 0, 0, 0, 1, 1, 2]), np.array([5, 10, 20, 30, 39, 40, 99])).tolist() == [
        0, 1, 2, 2, 0, 1, 0,
    ]  # fmt: skip


def test_no_session_at_all_reads_none() -> None:
    nothing = np.zeros(0, dtype=np.int64)

    assert session_clock(nothing, nothing, nothing).read(np.array([0]), np.array([7])).tolist() == [0]
