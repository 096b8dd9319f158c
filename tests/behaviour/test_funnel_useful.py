"""Which events can be part of a completion at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour import funnel_events
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_rules import Rules
from analytics_lib.behaviour.funnel_steps import read_steps, step
from analytics_lib.behaviour.funnel_useful import useful

LONG = Rules(steps=read_steps([f"e{number}" for number in range(12)]))


def test_steps_behind_the_first_one_that_a_unit_never_did_are_of_no_use() -> None:
    segment = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    steps = 1 << np.array([0, 1, 3, 1, 2, 0, 1, 2])

    found = useful(segment, steps, LONG)

    assert found is not None
    assert found.tolist() == [True, True, False, False, False, True, True, True]


def test_an_event_that_can_be_several_steps_is_of_use_while_one_of_them_is() -> None:
    found = useful(np.array([0, 0, 1, 1]), np.array([0b1, 0b101, 0b110, 0b1000]), LONG)

    assert found is not None
    assert found.tolist() == [True, True, False, False]


def test_optional_steps_are_measured_and_not_needed() -> None:
    rules = Rules(steps=read_steps(["a", step("b", optional=True), "c"]))

    found = useful(np.array([0, 0, 1]), np.array([1, 4, 2]), rules)

    assert found is not None
    assert found.all()


@pytest.mark.parametrize("order", ["any", "strict"])
def test_where_order_is_another_every_event_matters(order: str) -> None:
    assert useful(np.array([0]), np.array([8]), replace(LONG, order=order)) is None
    assert useful(np.array([], dtype=int), np.array([], dtype=int), LONG) is None


@pytest.mark.parametrize("window_from", ["entry", "previous_step"])
@pytest.mark.parametrize("entry", ["best", "first", "every"])
@pytest.mark.parametrize("steps", [list("abcd"), list("abaadb"), list("abcdefghijkl")], ids="".join)
def test_a_funnel_is_the_same_when_nothing_is_left_out(steps: list[str], entry: str, window_from: str) -> None:
    random, count = np.random.default_rng(11), 12_000
    names = np.array([*sorted(set(steps)), "other"])[::-1]
    frame = pd.DataFrame(
        {
            "user_id": [f"u{number}" for number in random.integers(0, 1_500, count)],
            "event": names[(len(names) * random.random(count) ** 0.5).astype(int)],
            "event_time": pd.Timestamp("2024-05-13", tz="UTC") + pd.to_timedelta(random.integers(0, 40, count), "h"),
        }
    )
    how = {"within": "20h", "entry": entry, "window_from": window_from}

    short = funnel(frame, steps, **how)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(funnel_events, "useful", lambda *_: None)
        whole = funnel(frame, steps, **how)  # type: ignore[arg-type]

    pd.testing.assert_frame_equal(short.to_frame(), whole.to_frame())
    assert short.to_frame()["users"].iloc[2] > 0
    assert short.people(step=2).equals(whole.people(step=2))
