"""Every dialect against brute force on random histories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import step
from tests.oracles import dialect_oracle as oracle
from tests.oracles.funnel_oracle import Event

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
SHAPES: dict[str, list[object]] = {
    "plain": ["a", "b", "c"],
    "repeated": ["a", "a", "b"],
    "around": ["a", "b", "a"],
    "overlapping": [step(["a", "b"]), step(["b", "c"]), step(["a", "c"])],
}
USERS, WITHIN = 500, 3  # × 4 shapes = 2,000 histories per dialect


def histories(seed: int, *, ties: bool) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 7, USERS)
    place = np.concatenate([rng.choice(9, count, replace=ties) for count in lengths])
    names = rng.choice(["a", "b", "c", "x"], int(lengths.sum()), p=[0.35, 0.3, 0.2, 0.15])
    users = np.repeat([f"u{number:04}" for number in range(USERS)], lengths)
    frame = pd.DataFrame({"user_id": users, "event": names, "second": place})
    return frame.assign(event_time=pd.Timestamp(NOON) + pd.to_timedelta(place, "s"))


def events_of(rows: pd.DataFrame, shape: list[object], *, bystanders: bool) -> list[Event]:
    names = [set(one.events) if not isinstance(one, str) else {one} for one in shape]  # type: ignore[attr-defined]
    found = [
        Event(int(second), frozenset(j for j, wanted in enumerate(names) if event in wanted))
        for event, second in zip(rows["event"], rows["second"], strict=True)
    ]
    return sorted((one for one in found if bystanders or one[1]), key=lambda one: one[0])


CASES: list[tuple[str, str, bool, Callable[[list[Event], int, int], int]]] = [
    ("clickhouse", "ordered", True, lambda e, n, w: oracle.clickhouse(e, n, w, None)),
    ("clickhouse", "strict", True, lambda e, n, w: oracle.clickhouse(e, n, w, "strict_order")),
    ("clickhouse_strict_increase", "ordered", True, lambda e, n, w: oracle.clickhouse(e, n, w, "strict_increase")),
    ("clickhouse_strict_once", "ordered", True, oracle.strict_once),
    ("umami", "ordered", True, oracle.umami),
    ("mixpanel", "ordered", True, oracle.mixpanel),
    ("amplitude", "ordered", True, oracle.amplitude),
    ("posthog", "ordered", False, lambda e, n, w: oracle.posthog(e, n, w, strict=False)),
    ("posthog", "strict", False, lambda e, n, w: oracle.posthog(e, n, w, strict=True)),
]


def levels(frame: pd.DataFrame, steps: list[object], *, name: str, order: str) -> dict[str, int]:
    """Ask our funnel how far each person comes in a dialect."""
    outcome = funnel(frame, steps, within=timedelta(seconds=WITHIN), order=order, dialect=name).outcome
    people = outcome.people["user_id"].to_pylist()
    reached = zip(outcome.person, outcome.reached.sum(axis=0), strict=True)
    return dict.fromkeys(frame["user_id"].unique(), 0) | {people[who]: int(level) for who, level in reached}


def expected_levels(
    frame: pd.DataFrame, steps: list[object], *, order: str, expected: Callable[[list[Event], int, int], int]
) -> dict[str, int]:
    """Ask the oracle."""
    return {
        user: expected(events_of(rows, steps, bystanders=order == "strict"), len(steps), WITHIN)
        for user, rows in frame.groupby("user_id")
    }


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize(("name", "order", "ties", "expected"), CASES, ids=[f"{one[0]}-{one[1]}" for one in CASES])
def test_every_dialect_agrees_with_brute_force(
    name: str, order: str, ties: bool, expected: Callable[[list[Event], int, int], int], shape: str
) -> None:
    frame = histories(len(name) + len(order) + len(shape), ties=ties)
    found = levels(frame, SHAPES[shape], name=name, order=order)
    wanted = expected_levels(frame, SHAPES[shape], order=order, expected=expected)

    wrong = {user: (found[user], level) for user, level in wanted.items() if found[user] != level}
    assert not wrong, "\n".join(
        f"{user} (found, wanted) = {pair}\n{frame[frame['user_id'] == user].sort_values('second')}"
        for user, pair in list(wrong.items())[:3]
    )
