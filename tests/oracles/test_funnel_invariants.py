"""What must hold of every funnel, whatever the histories: small batches of random users, many rules at once."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import FunnelResult, funnel
from analytics_lib.behaviour.funnel_steps import step

NOON = pd.Timestamp("2024-05-01 12:00", tz="UTC")
STEPS = ["a", "b", "c"]


def histories(seed: int, users: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = users * 6
    return pd.DataFrame(
        {
            "user_id": rng.choice([f"u{number}" for number in range(users)], rows),
            "event": rng.choice(["a", "b", "c", "d"], rows),
            "event_time": NOON + pd.to_timedelta(rng.integers(0, 20, rows), "s"),
            "os": rng.choice(["x", "y", None], rows).astype(object),
        }
    )


def levels(result: FunnelResult) -> dict[str, int]:
    names = result.outcome.people["user_id"].to_pylist()
    found = zip(result.outcome.person.tolist(), result.outcome.reached.sum(axis=0).tolist(), strict=True)
    return {names[person]: level for person, level in found}


def at_most(smaller: dict[str, int], larger: dict[str, int]) -> bool:
    return all(level <= larger.get(user, 0) for user, level in smaller.items())


@pytest.mark.parametrize("order", ["ordered", "any"])
@pytest.mark.parametrize("seed", range(5))
def test_an_event_less_never_gets_anybody_further(seed: int, order: str) -> None:
    events = histories(seed)
    fewer = events.sample(frac=0.8, random_state=seed)

    assert at_most(
        levels(funnel(fewer, STEPS, within="6s", order=order)), levels(funnel(events, STEPS, within="6s", order=order))
    )


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_a_longer_window_never_holds_anybody_back(order: str) -> None:
    events = histories(7)
    windows = ["0s", "1s", "3s", "9s", None]
    found = [levels(funnel(events, STEPS, within=within, order=order)) for within in windows]  # type: ignore[arg-type]

    assert all(at_most(shorter, longer) for shorter, longer in itertools.pairwise(found))


def test_any_order_gets_as_far_as_ordered_and_ordered_as_far_as_strict() -> None:
    events = histories(8)
    strict, ordered, free = (
        levels(funnel(events, STEPS, within="5s", order=order)) for order in ("strict", "ordered", "any")
    )

    assert at_most(strict, ordered)
    assert at_most(ordered, free)


@pytest.mark.parametrize("seed", range(5))
def test_anchors_lead_from_any_order_to_ordered(seed: int) -> None:
    events = histories(seed)

    def anchored(*places: int) -> dict[str, int]:
        steps = [step(name, anchored=place in places) for place, name in enumerate(STEPS)]
        return levels(funnel(events, steps, within="5s", order="any"))

    assert anchored(0, 1, 2) == anchored(0, 1) == levels(funnel(events, STEPS, within="5s"))
    assert anchored() == levels(funnel(events, STEPS, within="5s", order="any"))
    assert at_most(anchored(0, 1), anchored(0))
    assert at_most(anchored(0), anchored())


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_the_order_of_rows_does_not_matter(order: str) -> None:
    events = histories(9)

    first = funnel(events, STEPS, within="5s", order=order, by="os")
    second = funnel(events.sample(frac=1, random_state=1), STEPS, within="5s", order=order, by="os")

    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame())


@pytest.mark.parametrize("attribution", ["first", "last", "step:2"])
def test_groups_sum_to_the_total_and_every_number_has_its_people(attribution: str) -> None:
    events = histories(10)

    whole = funnel(events, STEPS, within="5s").to_frame()["users"].tolist()
    split = funnel(events, STEPS, within="5s", by="os", attribution=attribution)

    assert split.to_frame().groupby("step")["users"].sum().tolist() == whole
    for row in split.to_frame().itertuples():
        assert row.users == split.people(step=row.step, os=row.os).num_rows
