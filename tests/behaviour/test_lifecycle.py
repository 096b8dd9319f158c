"""Lifecycle: everybody active is new, returning or resurrecting, and whoever leaves is dormant once."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.behaviour.lifecycle_periods import STATES
from analytics_lib.errors import AnalyticsError, ArgumentError
from analytics_lib.privacy.suppression import suppress

DAYS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 9)), min_size=1, max_size=40)


def table(visits: list[tuple[str, int]]) -> pd.DataFrame:
    """One event per (person, day of May)."""
    days = pd.Timestamp("2024-05-01") + pd.to_timedelta([day for _, day in visits], unit="D")
    return pd.DataFrame({"user_id": [person for person, _ in visits], "event_time": days})


def by_hand(visits: list[tuple[str, int]], last: int) -> list[dict[str, int | None]]:
    """The definition, read aloud."""
    first = min(day for _, day in visits)
    rows: list[dict[str, int | None]] = []
    for day in range(first, last + 1):
        now = {person for person, when in visits if when == day}
        before = {person for person, when in visits if when == day - 1}
        ever = {person for person, when in visits if when < day}
        rows.append({
            "new": len(now - ever), "returning": len(now & before), "resurrecting": len((now & ever) - before),
            "dormant": len(before - now) if day > first else None,
        })  # fmt: skip
    return rows


@settings(max_examples=12, deadline=None)
@given(visits=DAYS)
def test_every_period_agrees_with_the_definition_read_aloud(visits: list[tuple[str, int]]) -> None:
    last = max(day for _, day in visits)

    frame = lifecycle(table(visits), observed_until=f"2024-05-{last + 1:02d}").to_frame()

    found = [
        {state: None if pd.isna(row[state]) else int(row[state]) for state in STATES}
        for row in frame.to_dict("records")
    ]
    assert found == by_hand(visits, last)


@settings(max_examples=6, deadline=None)
@given(visits=DAYS)
def test_the_parts_add_up_to_the_active_people_and_each_number_to_its_list(visits: list[tuple[str, int]]) -> None:
    events = table(visits)
    result = lifecycle(events, observed_until="2024-05-31")
    frame, active = result.to_frame(), active_users(events, observed_until="2024-05-31").to_frame()

    parts = frame[["new", "returning", "resurrecting"]].sum(axis=1)
    assert parts.tolist() == active["users"].tolist()
    before = parts.shift(1).iloc[1:]
    assert (before == (frame["returning"] + frame["dormant"]).iloc[1:]).all()
    row = frame.iloc[-1]
    for state in STATES:
        if not pd.isna(row[state]):
            assert result.people(time=row["time"], state=state).num_rows == row[state]
    assert result.people(time=row["time"]).num_rows == parts.iloc[-1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"birth": "entity_created"}, "created=None"),
        ({"created": "since"}, "birth='first_event_in_store' with created='since'"),
        ({"birth": "created"}, "birth='created' is not one of"),
        ({"birth": "entity_created", "created": "number"}, "holds int64, no moments"),
        ({"birth": "entity_created", "created": "nowhere"}, "nowhere"),
    ],
)
def test_a_birth_that_nothing_tells_is_refused(asked: dict[str, str], words: str) -> None:
    with pytest.raises(AnalyticsError, match=words):
        lifecycle(table([("a", 0)]).assign(number=1, since=pd.Timestamp("2024-05-01")), **asked)  # type: ignore[arg-type]


def test_the_dormant_are_not_given_away_by_who_returned() -> None:
    """Of 40 people 35 come on the second day as well: 5 went quiet, and 40 − 35 would tell it."""
    events = table([(f"p{number}", day) for number in range(40) for day in ([0, 1] if number < 35 else [0])])

    frame = suppress(lifecycle(events, observed_until="2024-05-31", end="2024-05-02"), 10).to_frame()

    assert frame["dormant"].isna().tolist() == [True, True]
    assert frame["returning"].isna().tolist() == [False, True]


def test_somebody_seen_before_the_range_is_not_new() -> None:
    events = table([("a", 0), ("a", 5), ("b", 5)])

    frame = lifecycle(events, start="2024-05-06", end="2024-05-06", observed_until="2024-05-31").to_frame()

    assert frame[["new", "returning", "resurrecting", "dormant"]].values.tolist() == [[1, 0, 1, 0]]


def test_an_unfinished_period_has_no_dormant_people_yet() -> None:
    frame = lifecycle(table([("a", 0), ("b", 1)])).to_frame()

    assert frame["complete"].tolist() == [True, False]
    assert frame["dormant"].isna().all()


def test_an_empty_table_has_no_periods_and_says_so() -> None:
    result = lifecycle(table([("a", 0)]).iloc[:0])

    assert result.to_frame().empty
    assert "no events" in result.notes[0]


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'dormant'"):
        lifecycle(table([("a", 0)])).people(state="dormnt")
