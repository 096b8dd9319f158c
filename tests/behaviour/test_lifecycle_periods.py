"""Who is new, returning, resurrecting or dormant, by each kind of birth."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.lifecycle import BIRTHS, lifecycle
from analytics_lib.behaviour.lifecycle_periods import STATES, state_by_state
from tests.behaviour.test_lifecycle import table

HISTORIES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9))),
    min_size=1, max_size=40,
)  # fmt: skip
"""Who was active on which day, and the day of creation this event tells of; each may tell another one."""


@pytest.mark.parametrize("birth", BIRTHS)
@pytest.mark.parametrize("start", [None, 4])
@settings(max_examples=8, deadline=None)
@given(histories=HISTORIES)
def test_each_kind_of_birth_agrees_with_its_definition_read_aloud(
    birth: str, start: int | None, histories: list[tuple[str, int, int | None]]
) -> None:
    events = table([(person, day) for person, day, _ in histories])
    created = [
        None if day is None else pd.Timestamp("2024-05-01T23:00Z") + pd.Timedelta(day, "D") for *_, day in histories
    ]
    events["since"] = pd.Series(created, dtype="datetime64[us, UTC]")
    asked = {} if start is None else {"start": f"2024-05-{start + 1:02d}"}

    result = lifecycle(
        events,
        birth=birth,
        created="since" if birth == "entity_created" else None,
        observed_until="2024-05-31",
        **asked,
    )

    frame = result.to_frame()
    first = min(day for _, day, _ in histories) if start is None else start
    days = {person: {day for name, day, _ in histories if name == person} for person, *_ in histories}
    told = {person: [day for name, _, day in histories if name == person and day is not None] for person in days}
    for number, row in frame.iterrows():
        day = first + int(number)
        now = {person for person in days if day in days[person]}
        before = {person for person in days if day - 1 in days[person]}
        if birth == "first_event_in_range" and day == first:
            before = set()
        born = {
            "first_event_in_store": {person for person in days if min(days[person]) == day},
            "first_event_in_range": {p for p in days if min((d for d in days[p] if d >= first), default=-1) == day},
            "entity_created": {person for person in days if told[person] and min(told[person]) == day},
        }[birth]
        new, back = (now & born) - before, now & before
        expected = {"new": new, "returning": back, "resurrecting": now - new - back, "dormant": before - now}
        for state, people in expected.items():
            if not pd.isna(row[state]):
                assert row[state] == len(people)
                assert result.people(time=row["time"], state=state)["user_id"].to_pylist() == sorted(people)
    active = frame[["new", "returning", "resurrecting"]].sum(axis=1)
    assert active.tolist() == active_users(events, observed_until="2024-05-31", **asked).to_frame()["users"].tolist()
    assert (active.shift(1) == frame["returning"] + frame["dormant"]).iloc[1:].all()
    nameless = sum(not days_told for days_told in told.values())
    assert any("without since" in note for note in result.notes) == (birth == "entity_created" and nameless > 0)


@pytest.mark.parametrize(
    ("value", "new"),
    [
        ("2024-05-03", [0, 0, 1]),
        ("2024-05-03T10:00:00Z", [0, 0, 1]),
        ("2024-05-02T01:00:00+02:00", [1, 0, 0]),
        ("2024-05-02", [0, 0, 0]),
        ("soon", [0, 0, 0]),
    ],
)
def test_a_property_may_tell_when_somebody_was_created(value: str, new: list[int]) -> None:
    events = table([("a", 0), ("b", 0), ("b", 2)])
    events["properties"] = ["{}", json.dumps({"since": value}), "{}"]

    frame = lifecycle(
        events, birth="entity_created", created="properties.since", observed_until="2024-05-31"
    ).to_frame()

    assert frame["new"].tolist() == new


def test_states_one_below_the_other_sum_to_those_beside_each_other_and_keep_their_order() -> None:
    frame = lifecycle(table([("a", 0), ("b", 0), ("b", 2)])).to_frame()

    rows = state_by_state(frame)

    assert list(rows["state"].cat.categories) == list(STATES)
    assert rows.groupby("state", observed=False)["users"].sum().to_dict() == frame[list(STATES)].sum().to_dict()
