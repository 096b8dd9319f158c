"""From one trend to another: on a week small enough to count, and on random tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.difference import explain_difference
from analytics_lib.behaviour.difference_words import UNNAMED
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.results import Result
from tests.behaviour.test_difference_trends import DAY, RANGES, WEEK, changed, random_events


def test_one_day_of_two_tables_differs_by_the_table() -> None:
    other = WEEK[WEEK["user_id"] != "bob"]

    why = explain_difference(event_counts(WEEK), event_counts(other), row={"time": "2024-05-06"})

    assert (why.before, why.after) == (4, 3)
    assert changed(why) == {
        "events without a user_id, in the first": -1, "more than one event in a day, in the first": -1,
        "table of events: another one": -1,
        "events without a user_id, in the second": 1, "more than one event in a day, in the second": 1,
    }  # fmt: skip
    assert why.people(reason="table of events: another one")["user_id"].to_pylist() == ["bob"]


def test_people_and_events_differ_by_what_counts_them_again() -> None:
    why = explain_difference(
        active_users(WEEK, trailing="2d"), event_counts(WEEK, end="2024-05-07"), row={}, other_row={}
    )

    assert why.before + sum(changed(why).values()) == why.after == 6
    assert {"stretch that ends with each number: 2d → none", "range ends: none → 2024-05-07"} <= set(
        why.to_frame()["reason"]
    )


def test_days_that_nobody_has_observed_are_a_reason() -> None:
    """What Dan did, and the second event of nobody, are behind the midnight up to which the second looks."""
    seen = event_counts(WEEK, observed_until="2024-05-07")

    why = explain_difference(event_counts(WEEK), seen)

    assert (why.before, why.after) == (9, 7)
    assert changed(why)["observed until: none → 2024-05-07"] == -1
    assert why.people(reason="observed until: none → 2024-05-07")["user_id"].to_pylist() == ["dan"]
    assert UNNAMED not in why.to_frame()["reason"].tolist()


TWO: list[dict[str, Any]] = [
    {}, {"grain": "week"}, {"grain": "hour"}, {"by": "country"}, {"by": ["country", "event"]}, {"trailing": "2d"},
    {"trailing": "3d", "by": "country"},
]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_lines_between_two_trends_add_up_and_hold_the_people_they_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tables = [random_events(rng), random_events(rng)]
    ends = [random_number(rng, tables[0]), random_number(rng, tables[int(rng.integers(2))])]
    (a, row, before), (b, other_row, after) = ends

    why = explain_difference(a, b, row=row, other_row=other_row)

    frame = why.to_frame()
    assert (why.before, why.after) == (before, after)
    assert before + frame["change"].sum() == after
    assert frame["reason"].is_unique
    assert UNNAMED not in frame["reason"].tolist()
    lists = [why.people(reason=reason) for reason in frame["reason"]]
    assert [people.num_rows for people in lists] == frame["users"].tolist()
    moved = [one["user_id"] for people in lists for one in people.to_pylist() if one["effect"] != "counted again"]
    assert len(moved) == len(set(moved))


def random_number(rng: np.random.Generator, events: pd.DataFrame) -> tuple[Result, dict[str, Any], int]:
    """Give a trend, the keys of one of its rows (or none, for the sum), and the number."""
    asked = TWO[rng.integers(len(TWO))] | RANGES[rng.integers(len(RANGES))]
    if rng.random() < 0.3:
        asked = asked | {"observed_until": DAY + pd.Timedelta(int(rng.integers(2, 12)), "D")}
    of_events = rng.random() < 0.5
    if of_events:
        asked = {name: value for name, value in asked.items() if name != "trailing"}
    trend = event_counts(events, **asked) if of_events else active_users(events, **asked)
    frame, value = trend.to_frame(), "events" if of_events else "users"
    if rng.random() < 0.5:
        return trend, {}, int(frame[value].sum())
    place = len(frame) // 2
    return trend, {name: frame[name].iloc[place] for name in trend.key_columns}, int(frame[value].iloc[place])
