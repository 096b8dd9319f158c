"""Cutting histories into sessions, against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest

from analytics_lib.behaviour.sessions_pass import session_numbers


def by_loop(person: list[int], given: list[int], time: list[int], gap: int, maximum: int) -> list[object]:
    """One event after the other; what a session is called does not matter, only what belongs together."""
    names: list[object] = [None] * len(time)
    start: dict[int, int] = {}
    last: dict[int, int] = {}
    for at in sorted(range(len(time)), key=lambda at: time[at]):
        if given[at] >= 0:
            names[at] = ("sent", person[at], given[at])
        elif person[at] >= 0:
            who = person[at]
            if who not in last or time[at] - last[who] > gap or time[at] - start[who] > maximum:
                start[who] = time[at]
            last[who] = time[at]
            names[at] = ("made", who, start[who])
    return names


@pytest.mark.parametrize("seed", range(20))
def test_the_pass_groups_events_as_a_plain_loop_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    person = rng.integers(-1, 4, 300)
    given = np.where(rng.random(300) < 0.3, rng.integers(0, 3, 300), -1)
    time = rng.integers(0, 4000, 300)

    maximum = int(rng.integers(1, 200))

    numbers = session_numbers(person, given, time, gap=20, maximum=maximum)

    expected = by_loop(person.tolist(), given.tolist(), time.tolist(), 20, maximum)
    pairs = {(int(number), name) for number, name in zip(numbers, expected, strict=True)}
    assert len({number for number, _ in pairs}) == len({name for _, name in pairs}) == len(pairs)
    assert {name for number, name in pairs if number == -1} <= {None}


def test_a_gap_or_length_of_exactly_the_limit_does_not_start_a_new_session() -> None:
    person, nothing = np.zeros(3, dtype=int), np.full(3, -1)

    assert len(set(session_numbers(person, nothing, np.array([0, 30, 60]), gap=30, maximum=60))) == 1
    assert len(set(session_numbers(person, nothing, np.array([0, 31, 62]), gap=30, maximum=60))) == 3
    assert len(set(session_numbers(person, nothing, np.array([0, 30, 60]), gap=30, maximum=59))) == 2
