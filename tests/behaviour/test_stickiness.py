"""Stickiness: exactly n active periods, and everybody counted once."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour.stickiness import stickiness

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


def test_an_unfinished_period_is_said() -> None:
    assert any("not complete" in note for note in stickiness(table([("a", 0), ("a", 1)])).notes)


def test_nobody_is_an_answer() -> None:
    result = stickiness(table([("a", 0)]).iloc[:0])

    assert (result.to_frame().empty, result.total) == (True, 0)
