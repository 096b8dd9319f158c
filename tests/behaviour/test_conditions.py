"""What can be asked of a person, against sets built with pandas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.cohorts import cohort, cohort_of
from analytics_lib.behaviour.conditions import Condition, belongs_to, did, has, is_in_state, read_condition, went
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.errors import ArgumentError

NOW = pd.Timestamp("2024-05-31", tz="UTC")


def random_events() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    rows = 600
    return pd.DataFrame(
        {
            "user_id": rng.choice([f"u{number}" for number in range(60)], rows),
            "event": rng.choice(["view", "buy", "ping"], rows),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC") + pd.to_timedelta(rng.permutation(rows) * 71, "min"),
            "country": rng.choice(["GB", "NL", None], rows).astype(object),
        }
    )


EVENTS = random_events()
KNOWN = EVENTS[EVENTS.event_time < NOW]


def times(event: str, since: pd.Timestamp | None = None) -> pd.Series:
    rows = KNOWN[(KNOWN.event == event) & ((KNOWN.event_time >= since) if since else True)]
    return rows.groupby("user_id").size()


def last_country() -> pd.Series:
    return KNOWN.dropna(subset="country").sort_values("event_time").groupby("user_id")["country"].last()


EVERYONE = set(KNOWN.user_id)
CASES: dict[str, tuple[Condition, Callable[[], set[str]]]] = {
    "did": (did("buy"), lambda: set(times("buy").index)),
    "often": (did("buy", at_least=3, at_most=4), lambda: set(times("buy")[lambda n: n.between(3, 4)].index)),
    "lately": (did("buy", within="7d"), lambda: set(times("buy", NOW - pd.Timedelta("7D")).index)),
    "never": (did("buy", at_least=0, at_most=0), lambda: EVERYONE - set(times("buy").index)),
    "rarely": (did("buy", at_least=0, at_most=2), lambda: EVERYONE - set(times("buy")[lambda n: n > 2].index)),
    "where": (
        did(step("buy", where={"country": "NL"})),
        lambda: set(KNOWN[(KNOWN.event == "buy") & (KNOWN.country == "NL")].user_id),
    ),
    "last value": (has("country", "GB"), lambda: set(last_country()[lambda name: name == "GB"].index)),
    "any value": (has("country", "GB", which="any"), lambda: set(KNOWN[KNOWN.country == "GB"].user_id)),
    "and": (did("buy") & has("country", "GB"), lambda: CASES["did"][1]() & CASES["last value"][1]()),
    "or": (
        did("buy", within="7d") | did("ping", within="7d"),
        lambda: set(times("buy", NOW - pd.Timedelta("7D")).index) | set(times("ping", NOW - pd.Timedelta("7D")).index),
    ),
    "not": (~did("buy"), lambda: EVERYONE - set(times("buy").index)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_condition_is_true_of_exactly_the_people_a_set_says(case: str) -> None:
    asked, expected = CASES[case]

    found = cohort(EVENTS, asked, as_of=NOW, name=case).people["user_id"].to_pylist()

    assert set(found) == expected()
    assert len(found) == len(set(found))


def test_a_sequence_is_the_funnel_itself() -> None:
    from analytics_lib.behaviour.funnel import funnel

    asked = cohort(EVENTS, went(["view", "buy"], within="1d"), as_of=NOW, name="went")

    assert asked.people.equals(funnel(KNOWN, ["view", "buy"], within="1d").people(step=2))


def test_a_lifecycle_state_is_that_of_the_last_whole_period() -> None:
    week = [
        KNOWN.event_time.between(
            NOW.floor("D") - pd.Timedelta(f"{4 + 7 * back}D"),
            NOW.floor("D") - pd.Timedelta(f"{4 + 7 * (back - 1)}D"),
            inclusive="left",
        )
        for back in (1, 2)
    ]
    active, before = (set(KNOWN[rows].user_id) for rows in week)

    assert (
        set(cohort(EVENTS, is_in_state("dormant"), as_of=NOW, name="x").people["user_id"].to_pylist())
        == before - active
    )
    assert (
        set(cohort(EVENTS, is_in_state("returning"), as_of=NOW, name="x").people["user_id"].to_pylist())
        == before & active
    )


def test_members_of_a_cohort_are_asked_like_anything_else() -> None:
    friends = cohort_of(["u1", "u2", "nobody"], name="friends")

    assert set(cohort(EVENTS, friends, name="x").people["user_id"].to_pylist()) == {"u1", "u2"}
    assert set(cohort(EVENTS, belongs_to(friends) & ~did("ping"), name="x").people["user_id"].to_pylist()) <= {
        "u1",
        "u2",
    }


def test_names_and_mappings_are_conditions_and_nonsense_is_refused() -> None:
    assert str(read_condition("buy")) == "did buy at least 1×"
    assert str(read_condition({"event": "buy", "at_least": 2})) == "did buy at least 2×"
    assert str(~(did("a") & has("country", None))) == "not (did a at least 1× and last country is missing)"
    for wrong in (
        lambda: did("a", at_least=3, at_most=2),
        lambda: did("a", at_least=0),
        lambda: has("x", 1, which="best"),
        lambda: read_condition(7),
    ):
        with pytest.raises(ArgumentError):
            wrong()
