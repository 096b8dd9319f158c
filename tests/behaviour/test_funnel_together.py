"""The earliest completion where events of one moment can serve several steps."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import numpy as np
import pytest

from analytics_lib.behaviour.funnel_exact import Search
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps

STEPS = 4


def search(time: list[int], matches: list[int], limit: int | None) -> Search:
    within = None if limit is None else timedelta(microseconds=limit)
    steps = read_steps([f"s{number}" for number in range(STEPS)])
    return Search(time=time, clock=time, matches=matches, rules=Rules(steps, within))


def by_hand(time: list[int], matches: list[int], limit: int | None, entry: int, used: set[int]) -> list[int]:
    """Try every choice of events; give the times of the deepest, then earliest."""
    found = [[time[entry]]]
    ways = [[entry]]
    for step in range(1, STEPS):
        ways = [
            [*way, at] for way, at in product(ways, range(len(time)))
            if at not in way and at not in used and matches[at] >> step & 1 and time[at] >= time[way[-1]]
            and (limit is None or time[at] - time[entry] <= limit)
        ]  # fmt: skip
        found += [[time[at] for at in way] for way in ways]
    return min(found, key=lambda times: (-len(times), times))


def test_an_event_gives_way_to_one_that_has_no_other_place() -> None:
    """The second event could be step 2, 3 or 4; the third only step 2: so both serve, and step 4 is the last."""
    found = search([0, 0, 0, 9], [0b0001, 0b0110, 0b0010, 0b1100], None).path_from(0)

    assert found == [0, 2, 1, 3]


@pytest.mark.parametrize("limit", [None, 2, 0])
def test_every_choice_of_few_events_is_no_better(limit: int | None) -> None:
    random = np.random.default_rng(17)
    for _ in range(700):
        count = int(random.integers(1, 9))
        time = np.sort(random.integers(0, 4, count)).tolist()
        matches = random.integers(1, 1 << STEPS, count).tolist()
        entries = [at for at in range(count) if matches[at] & 1]
        used = {at for at in range(count) if random.random() < 0.2}
        one = search(time, matches, limit)
        for entry in entries:
            path = one.path_from(entry, used=used - {entry})

            assert [time[at] for at in path] == by_hand(time, matches, limit, entry, used - {entry})
            assert len(set(path)) == len(path)
            assert all(matches[at] >> step & 1 for step, at in enumerate(path))
