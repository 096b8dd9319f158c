"""A long funnel in two stages is the funnel at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour import funnel_stages, parts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.errors import UnknownEventError
from tests.oracles.test_funnel_oracle import answer, compare, expected, mode

NAMES = [f"e{number}" for number in range(8)]
QUESTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"entry": "first", "start": "2024-05-01 03:00", "end": "2024-05-01 20:00"},
    {"entry": "every", "within": "3h"},
    {"window_from": "previous_step", "within": "90min"},
    {"grace_seconds": 120, "within": "6h"},
    {"hold_constant": "plan", "within": None},
    {"steps": ["e0", "e1", "e0", "e2", "e1", "e3"]},
    {"steps": ["e0", {"event": ["e1", "e2"], "where": {"plan": "paid"}}, "e3", "e1"]},
)
SHAPES = ("plain", "repeated", "around", "overlapping", "coloured")


def made(random: np.random.Generator, rows: int = 3_000) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tenant_id": random.choice(["one", "two"], rows),
            "user_id": random.choice([f"u{number}" for number in range(60)], rows),
            "event": random.choice(NAMES, rows),
            "plan": random.choice(["free", "paid"], rows),
            "event_time": pd.Timestamp("2024-05-01", tz="UTC")
            + pd.to_timedelta(random.integers(0, 1500, rows), unit="min"),
        }
    )


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ask in stages even of few rows, most of them first steps; note how many steps come first."""
    first_steps, used = funnel_stages._first_steps, []

    def noted(*given: Any) -> Any:
        found = first_steps(*given)
        used.append(0 if found is None else len(found.steps))
        return found

    monkeypatch.setattr(funnel_stages, "LEAST_ROWS", 1)
    monkeypatch.setattr(funnel_stages, "MOST_OF_ROWS", 1.0)
    monkeypatch.setattr(funnel_stages, "_first_steps", noted)
    return used


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("rows_of_a_part", [400, 400_000])
def test_stages_give_the_same_numbers_people_and_notes(
    question: dict[str, Any], rows_of_a_part: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    table = made(np.random.default_rng(len(str(question))))
    asked = {"steps": NAMES, "within": "2h", **question}
    whole = funnel(table, **asked)

    used = request.getfixturevalue("staged")
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", rows_of_a_part)
    in_stages = funnel(table, **asked)

    assert used == [len(asked["steps"]) - 1]
    pd.testing.assert_frame_equal(whole.to_frame(), in_stages.to_frame())
    assert whole.notes == in_stages.notes
    for step in range(1, len(asked["steps"]) + 1):
        assert whole.people(step=step).to_pylist() == in_stages.people(step=step).to_pylist()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("entry", ["best", "first", "every"])
@pytest.mark.parametrize(
    "rules", [{}, {"grace": 1, "within": 6}, {"window_from": "previous_step"}, {"hold": True, "within": 6}], ids=str
)
def test_stages_agree_with_brute_force(shape: str, entry: str, rules: dict[str, Any], staged: list[int]) -> None:
    asked, seed, people = mode(shape, entry=entry, **rules), 4_000, 250

    compare(answer(asked, seed, people), expected(asked, seed, people), asked, seed, people)

    assert staged == [2]


def test_few_first_rows_are_worth_a_stage_and_many_are_not(staged: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    table = made(np.random.default_rng(5))

    for share in (0.4, 0.3, 0.2):
        monkeypatch.setattr(funnel_stages, "MOST_OF_ROWS", share)
        funnel(table, NAMES)
    monkeypatch.setattr(funnel_stages, "LEAST_ROWS", 3_001)
    funnel(table, NAMES)

    assert staged == [3, 2, 0, 0]


@pytest.mark.parametrize(
    "asked",
    [
        {"exclude": "x"}, {"order": "any"}, {"order": "strict"}, {"first_ever": True}, {"by": "plan"},
        {"within": "2 sessions"}, {"unit": "plan"}, {"unit": "session"}, {"dialect": "mixpanel"},
        {"steps": ["e0", "e1", {"event": "e2", "optional": True}, "e3"]},
    ],
    ids=str,
)  # fmt: skip
def test_where_later_rows_may_matter_everything_is_asked_at_once(asked: dict[str, Any], staged: list[int]) -> None:
    funnel(made(np.random.default_rng(6), 200), **{"steps": NAMES, **asked})

    assert staged == [0]


def test_events_of_nobody_are_counted_at_once(staged: list[int]) -> None:
    table = made(np.random.default_rng(7))
    table.loc[::10, "user_id"] = None

    assert any("300 events without a user_id" in note for note in funnel(table, NAMES).notes)
    assert staged == [0]


def test_names_of_later_steps_are_looked_for_in_all_rows(staged: list[int]) -> None:
    table = made(np.random.default_rng(8))
    table["event"] = table["event"].replace("e5", "rare")  # nobody gets that far
    table.loc[:, "event_time"] = table["event_time"].where(table["event"] != "e1", pd.Timestamp("2024-01-01", tz="UTC"))

    assert funnel(table, ["e0", "e1", "rare", "e6"]).notes == ()
    [note] = funnel(table, ["e0", "e1", "nowhere", "e6"]).notes
    assert "'nowhere'" in note
    with pytest.raises(UnknownEventError, match="nowhere"):
        funnel(table, ["e0", "e1", "nowhere", "e6"], strict_names=True)
    assert staged == [3, 3, 3]


def test_two_names_of_one_key_are_told_apart(staged: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key is one of seven: the names are read instead, at once."""
    from analytics_lib.behaviour import identities

    made_pair = identities.key_pair

    def crowded(*given: Any) -> Any:
        pair = made_pair(*given)
        return pair if pair is None else ((pair[0] % 7).cast("uint64"), pair[1])

    table = made(np.random.default_rng(9))
    whole = funnel(table, NAMES).to_frame()
    monkeypatch.setattr(identities, "key_pair", crowded)

    pd.testing.assert_frame_equal(funnel(table, NAMES).to_frame(), whole)
    assert staged == [7, 7, 0]
