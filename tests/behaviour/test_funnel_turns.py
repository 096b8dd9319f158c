"""Steps that change places: as many are served as can be, and only events that may serve are looked at."""

from __future__ import annotations

from itertools import groupby, permutations

import numpy as np
import pytest

from analytics_lib.behaviour.funnel_exact import Search
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.behaviour.funnel_turns import Turns


def asked(random: np.random.Generator, *, anchored: bool) -> Search:
    """Make one unit with up to 14 events at up to 6 times, each of which can be some of up to five steps."""
    steps, events = int(random.integers(2, 6)), int(random.integers(1, 15))
    time = np.sort(random.integers(0, 6, events)).tolist()
    matches = random.integers(1, 1 << steps, events).tolist()
    flags = random.random(steps) < 0.3 if anchored else [False] * steps
    rules = Rules(tuple(step("abcde"[number], anchored=bool(flag)) for number, flag in enumerate(flags)), order="any")
    return Search(time=time, clock=time, matches=matches, rules=rules)


def most_served(matches: list[int], steps: int) -> int:
    """Try every order of the events for the steps."""
    padded = [*matches, *[0] * steps]
    return max(
        sum(mask >> number & 1 for number, mask in enumerate(chosen)) for chosen in set(permutations(padded, steps))
    )


def one_by_one(search: Search, entry: int, used: set[int]) -> list[int]:
    """Offer every event in order of time, and those of its moment again whenever one was served."""
    turns = Turns(search.time, search.matches, search.rules.blocks)
    path = [entry] if turns.serve(entry) else []
    moments = [list(one) for _, one in groupby(range(len(search.time)), key=search.time.__getitem__)]
    for moment in moments:
        if search.time[moment[0]] < search.time[entry]:
            continue
        served: int | None = -1
        while served is not None and len(path) < len(search.steps):
            served = next((at for at in moment if at not in path and at not in used and turns.serve(at)), None)
            path += [] if served is None else [served]
    return path


@pytest.mark.parametrize("first", range(0, 150, 50))
def test_as_many_steps_are_served_as_events_allow(first: int) -> None:
    for seed in range(first, first + 50):
        search = asked(np.random.default_rng(seed), anchored=False)
        for entry in range(max(0, len(search.time) - 6), len(search.time)):
            begin = search.time.index(search.time[entry])
            if len(search.time) - begin <= 7:
                assert len(search.path_from(entry)) == most_served(list(search.matches[begin:]), len(search.steps))


@pytest.mark.parametrize("first", range(0, 6_000, 1_000))
def test_asking_by_step_serves_the_events_that_asking_one_by_one_does(first: int) -> None:
    for seed in range(first, first + 1_000):
        random = np.random.default_rng(seed)
        search = asked(random, anchored=seed % 2 == 1)
        used = set(np.flatnonzero(random.random(len(search.time)) < 0.2).tolist()) if seed % 3 == 0 else set()
        for entry in set(range(len(search.time))) - used:
            path = search.path_from(entry, used=used)
            assert path == one_by_one(search, entry, used), seed
            assert len(path) <= search.most_from(entry)
