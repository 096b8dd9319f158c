"""A funnel in slices is the funnel at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour import funnel_slices, parts
from analytics_lib.behaviour.funnel import funnel

QUESTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"entry": "every", "exclude": "x", "within": "2h"},
    {"order": "strict", "start": "2024-05-01 02:00", "end": "2024-05-01 20:00"},
    {"first_ever": "event", "hold_constant": "plan"},
    {"within": "2 sessions"},
    {"dialect": "posthog"},
    {"steps": ["a", "nowhere"]},
    {"steps": ["nowhere", "never"]},
)


def made(random: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": random.choice([*(f"u{number}" for number in range(30)), None], 400),
            "event": random.choice(["a", "b", "c", "x"], 400),
            "plan": random.choice(["free", "paid"], 400),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC")
            + pd.to_timedelta(random.integers(0, 1500, 400), unit="min"),
        }
    )


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("tenants", [False, True])
def test_slices_give_the_same_numbers_people_and_notes(
    question: dict[str, Any], tenants: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(len(str(question)))
    table = made(random)
    if tenants:
        table["tenant_id"] = random.choice(["one", "two"], 400)
    asked = {"steps": ["a", "b", "c"], **question}

    whole = funnel(table, **asked)
    monkeypatch.setattr(funnel_slices, "ROWS_AT_ONCE", 50)
    sliced = funnel(table, **asked)

    pd.testing.assert_frame_equal(whole.to_frame(), sliced.to_frame())
    assert whole.notes == sliced.notes
    assert whole.people(step=2).to_pylist() == sliced.people(step=2).to_pylist()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("unit", ["user", "session"])
def test_parts_for_several_threads_give_the_same_numbers_people_and_notes(
    question: dict[str, Any], unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = made(np.random.default_rng(11))
    asked = {"steps": ["a", "b", "c"], "unit": unit, **question}

    whole = funnel(table, **asked)
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 30)
    in_parts = funnel(table, **asked)

    pd.testing.assert_frame_equal(whole.to_frame(), in_parts.to_frame())
    assert whole.notes == in_parts.notes
    assert whole.people(step=2).to_pylist() == in_parts.people(step=2).to_pylist()


def test_names_that_share_a_hash_are_told_apart_in_one_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of some slices are hashed, of others read; both kinds come together."""
    table = pd.DataFrame(
        {"user_id": [f"u{number}" for number in range(40)] * 2, "event": ["a"] * 40 + ["b"] * 40,
         "event_time": pd.date_range("2024-05-01", periods=80, freq="min", tz="UTC")}
    )  # fmt: skip
    monkeypatch.setattr(funnel_slices, "ROWS_AT_ONCE", 20)
    fetch, turns = funnel_slices.fetch_events, iter(range(100))

    def mixed(scope: Any, rules: Any, *, ask: Any, **named: Any) -> Any:
        def asked(rows: Any) -> Any:
            [found] = ask(rows)
            people = found.outcome.people
            read = people.take(list(range(people.num_rows)))
            return [replace(found, outcome=replace(found.outcome, people=read)) if next(turns) % 2 else found]

        return fetch(scope, rules, ask=asked, **named)

    monkeypatch.setattr(funnel_slices, "fetch_events", mixed)

    assert funnel(table, ["a", "b"]).people(step=2)["user_id"].to_pylist() == sorted(
        f"u{number}" for number in range(40)
    )
