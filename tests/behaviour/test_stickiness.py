"""Stickiness: exactly n active periods, and everybody counted once."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour.stickiness import stickiness
from analytics_lib.privacy.suppression import suppress

VISITS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 6)), min_size=1, max_size=30)


def table(visits: list[tuple[str, int]]) -> pd.DataFrame:
    days = pd.Timestamp("2024-05-01") + pd.to_timedelta([day for _, day in visits], unit="D")
    return pd.DataFrame({"user_id": [person for person, _ in visits], "event_time": days})


@settings(max_examples=10, deadline=None)
@given(visits=VISITS)
def test_rows_count_people_by_their_number_of_days_and_sum_to_everybody(visits: list[tuple[str, int]]) -> None:
    expected = Counter(Counter(person for person, _ in set(visits)).values())

    result = stickiness(table(visits))

    frame = result.to_frame()
    assert dict(zip(frame["active_periods"], frame["users"], strict=True)) == {
        number: expected.get(number, 0) for number in frame["active_periods"]
    }
    assert result.total == frame["users"].sum() == len({person for person, _ in visits})
    often = int(frame["active_periods"].max())
    assert result.people(active_periods=often).num_rows == expected.get(often, 0)


@settings(max_examples=10, deadline=None)
@given(visits=VISITS)
def test_at_least_counts_everybody_who_was_active_as_often_or_more(visits: list[tuple[str, int]]) -> None:
    days = {person: {day for name, day in visits if name == person} for person, _ in visits}

    result, exactly = stickiness(table(visits), at_least=True), stickiness(table(visits)).to_frame()

    frame = result.to_frame()
    for number, users in zip(frame["active_periods"], frame["users"], strict=True):
        often = sorted(person for person, seen in days.items() if len(seen) >= number)
        assert users == len(often)
        assert result.people(active_periods=number)["user_id"].to_pylist() == often
    assert result.total == len(days)
    more_often = [*frame["users"].tolist()[1:], 0]
    assert [one - more for one, more in zip(frame["users"], more_often, strict=True)] == exactly["users"].tolist()
    assert frame["users"].sum() == (exactly["users"] * exactly["active_periods"]).sum()


@pytest.mark.parametrize("loyal", [3, 30])
def test_small_groups_of_at_least_are_hidden_as_well_as_those_between_two_rows(loyal: int) -> None:
    """Of 33 people 3 came twice, or 3 came only once: either would be a group of 3 beside the shown 33."""
    visits = [(f"p{number}", day) for number in range(33) for day in ([0, 1] if number < loyal else [0])]

    assert suppress(stickiness(table(visits), at_least=True), 10).to_frame()["users"].isna().tolist() == [False, True]


def test_an_unfinished_period_is_said() -> None:
    assert any("not complete" in note for note in stickiness(table([("a", 0), ("a", 1)])).notes)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2024-05-06", "2024-05-19"), []),  # two whole weeks from Monday on
        (("2024-05-08", "2024-05-19"), ["part of its first week"]),
        (("2024-05-06", "2024-05-16"), ["part of its last week"]),
        (("2024-05-08", "2024-05-16"), ["part of its first week", "part of its last week"]),
        (("2024-05-20", "2024-06-02"), ["may still become active"]),
        (("2024-05-22", "2024-06-02"), ["part of its first week", "may still become active"]),
    ],
)
def test_only_of_what_is_not_over_it_is_said_that_people_may_still_come(days: tuple[str, str], said: list[str]) -> None:
    seen = table([("a", day) for day in range(30)])  # 1 to 30 May

    notes = stickiness(seen, grain="week", start=days[0], end=days[1], observed_until="2024-05-30").notes

    assert len(notes) == len(said)
    assert all(words in note for words, note in zip(said, notes, strict=True))


def test_nobody_is_an_answer() -> None:
    result = stickiness(table([("a", 0)]).iloc[:0])

    assert (result.to_frame().empty, result.total) == (True, 0)
