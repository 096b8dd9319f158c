"""The funnel against brute force on thousands of random histories, mode by mode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.funnel_steps import step
from tests.oracles.funnel_oracle import Asked, Event, counted

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
SHAPES = {
    "plain": ["a", "b", "c"],
    "two": ["a", "b"],
    "repeated": ["a", "a", "b"],
    "around": ["a", "b", "a"],
    "overlapping": [["a", "b"], ["b", "c"], ["a", "c"]],
}
ENTRIES = ["best", "first", "every"]
USERS = 2100


def histories(seed: int, *, ties: bool) -> pd.DataFrame:
    """Give 2,100 short random histories, with many equal times or with none."""
    users, longest, moments = USERS, 6, 8
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, longest + 1, users)
    rows = int(lengths.sum())
    frame = pd.DataFrame(
        {
            "user_id": np.repeat([f"u{number}" for number in range(users)], lengths),
            "event": rng.choice(["a", "b", "c", "x"], rows, p=[0.35, 0.3, 0.2, 0.15]),
            "second": rng.integers(0, moments, rows),
        }
    )
    if not ties:
        place = frame.groupby("user_id").cumcount()
        frame["second"] = rng.permuted(np.tile(np.arange(moments), (users, 1)), axis=1)[
            np.repeat(np.arange(users), lengths), place
        ]
    frame["event_time"] = pd.Timestamp(NOON) + pd.to_timedelta(frame["second"], "s")
    return frame


def expected(frame: pd.DataFrame, shape: list, asked: Asked, *, exclude: bool) -> dict[str, list[list[int]]]:
    names = [set(one) if isinstance(one, list) else {one} for one in shape]
    answer = {}
    for user, rows in frame.sort_values("second", kind="stable").groupby("user_id", sort=False):
        steps = [
            (second, frozenset(j for j, name in enumerate(names) if event in name))
            for event, second in zip(rows.event, rows.second, strict=True)
        ]
        events: list[Event] = [one for one in steps if one[1]] if asked.order != "strict" else steps
        excluded = (
            [second for event, second in zip(rows.event, rows.second, strict=True) if event == "x"] if exclude else []
        )
        answer[user] = sorted(counted(sorted(events, key=lambda one: one[0]), asked, excluded))
    return answer


def found(result: FunnelResult) -> dict[str, list[list[int]]]:
    outcome = result.outcome
    names = outcome.people["user_id"].to_pylist()
    answer: dict[str, list[list[int]]] = {name: [] for name in names}
    base = int(NOON.timestamp() * 1_000_000)
    for column in range(outcome.reached.shape[1]):
        times = [
            (int(t) - base) // 1_000_000
            for t, r in zip(outcome.time[:, column], outcome.reached[:, column], strict=True)
            if r
        ]
        answer[names[outcome.person[column]]].append(times)
    return {name: sorted(times) for name, times in answer.items()}


def answer(asked: Asked, shape: str, frame: pd.DataFrame, *, exclude: bool) -> FunnelResult:
    """Ask our funnel what the oracle is asked."""
    steps = [step(one) if isinstance(one, list) else one for one in SHAPES[shape]]
    return funnel(
        frame,
        steps,
        within=None if asked.within is None else timedelta(seconds=asked.within),
        order=asked.order,
        window_from=asked.window_from,
        entry=asked.entry,
        grace_seconds=asked.grace,
        start=NOON + timedelta(seconds=max(asked.start, -100)),
        end=NOON + timedelta(seconds=min(asked.end, 100)),
        exclude="x" if exclude else (),
        exclude_effect=asked.exclude_effect,
    )


def check(asked: Asked, shape: str, *, seed: int, exclude: bool = False) -> None:
    # which of several equal-time events serves an attempt is free, but decides what is left for the next one
    frame = histories(seed, ties=not (asked.entry == "every" and shape == "overlapping"))
    result = answer(asked, shape, frame, exclude=exclude)
    wanted = expected(frame, SHAPES[shape], asked, exclude=exclude)
    got = found(result)
    wrong = {user: (got.get(user, []), want) for user, want in wanted.items() if got.get(user, []) != want}
    assert not wrong, "\n".join(
        f"{user}: got {pair[0]}, wanted {pair[1]}\n{frame[frame.user_id == user].sort_values('second').to_string()}"
        for user, pair in list(wrong.items())[:3]
    )
    for row in result.to_frame().itertuples():
        assert row.users == len(result.people(step=row.step))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry", ["best", "first", "every"])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_every_order_and_entry_agrees_with_brute_force(order: str, entry: str, shape: str) -> None:
    steps = len(SHAPES[shape])

    check(Asked(steps, within=3, order=order, entry=entry, start=1, end=6), shape, seed=hash_of(order, entry, shape))


@pytest.mark.parametrize("within", [0, 2, None])
@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_every_window_agrees_with_brute_force(order: str, within: int | None) -> None:
    check(Asked(3, within=within, order=order), "plain", seed=hash_of(order, str(within)))


@pytest.mark.parametrize(("entry", "shape"), list(product(ENTRIES, ["plain", "around", "overlapping"])))
def test_a_window_from_the_previous_step_agrees_with_brute_force(entry: str, shape: str) -> None:
    check(Asked(3, within=2, window_from="previous_step", entry=entry), shape, seed=hash_of(entry, shape))


@pytest.mark.parametrize(("entry", "shape"), list(product(ENTRIES, ["plain", "repeated", "overlapping"])))
def test_grace_agrees_with_brute_force(entry: str, shape: str) -> None:
    check(Asked(3, within=4, grace=1, entry=entry), shape, seed=hash_of(entry, shape, "grace"))


@pytest.mark.parametrize("effect", ["drop_entity", "stop_at_step"])
@pytest.mark.parametrize(("entry", "order"), list(product(ENTRIES, ["ordered", "any"])))
def test_exclusion_agrees_with_brute_force(entry: str, order: str, effect: str) -> None:
    asked = Asked(3, within=4, entry=entry, order=order, exclude_effect=effect)

    check(asked, "plain", seed=hash_of(entry, order, effect), exclude=True)


def hash_of(*words: str) -> int:
    return sum(ord(letter) * (place + 1) for place, letter in enumerate("".join(words)))
