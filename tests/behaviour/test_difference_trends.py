"""From people or events per day to the people of a funnel: on days small enough to count, and on random tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.behaviour.difference import DifferenceResult, explain_difference
from analytics_lib.behaviour.difference_words import UNNAMED
from analytics_lib.behaviour.event_counts import event_counts
from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.errors import ArgumentError

DAY = pd.Timestamp("2024-05-06", tz="UTC")


def happened(*rows: tuple[str | None, str, float]) -> pd.DataFrame:
    names, events, days = zip(*rows, strict=True)
    return pd.DataFrame({"user_id": names, "event": events, "event_time": DAY + pd.to_timedelta(days, "D")})


WEEK = happened(
    ("ann", "visit", 0), ("ann", "visit", 0.1), ("ann", "visit", 2), ("bob", "visit", 0), ("bob", "buy", 1),
    ("cia", "read", 1), (None, "visit", 0), (None, "visit", 3), ("dan", "visit", 4),
)  # fmt: skip
STEPS = ["visit", "buy"]


def changed(why: DifferenceResult) -> dict[str, int]:
    frame = why.to_frame()
    return {reason: int(change) for reason, change in zip(frame["reason"], frame["change"], strict=True) if change}


def test_the_events_of_a_week_become_the_people_of_a_step() -> None:
    why = explain_difference(event_counts(WEEK), funnel(WEEK, STEPS))

    assert (why.before, why.after) == (9, 3)
    assert changed(why) == {
        "events without a user_id": -2,
        "more than one event in a day": -1,
        "counted in more than one day": -2,
        "events that count: any → visit": -1,
    }
    again = {reason: why.people(reason=reason)["user_id"].to_pylist() for reason in list(changed(why))[:3]}
    assert list(again.values()) == [[], ["ann"], ["ann", "bob"]]
    assert why.people(reason="events that count: any → visit").to_pylist() == [{"user_id": "cia", "effect": "lost"}]
    assert "What a trend counts beside each person once stands apart." in why.definition
    assert "From first 9 to second 3" in why.plot().description


def test_the_people_per_day_are_more_than_the_people() -> None:
    why = explain_difference(active_users(WEEK, end="2024-05-08"), funnel(WEEK, STEPS))

    assert (why.before, why.after) == (5, 3)
    assert changed(why) == {
        "counted in more than one day": -2, "range ends: 2024-05-08 → none": 1, "events that count: any → visit": -1,
    }  # fmt: skip


def test_one_day_is_a_part_of_the_range() -> None:
    why = explain_difference(active_users(WEEK), funnel(WEEK, STEPS), row={"time": "2024-05-07"})

    assert (why.before, why.after) == (2, 3)
    assert changed(why) == {
        "part of the range: time 2024-05-07 00:00:00+00:00 → all of it": 2, "events that count: any → visit": -1,
    }  # fmt: skip


def test_a_group_is_left_before_the_day_is() -> None:
    events = WEEK.assign(country=["GB", "NL", "GB", "NL", "NL", "NL", "GB", "GB", "GB"])
    row = {"time": "2024-05-06", "country": "GB"}

    for trend, extra in ((active_users, 0), (event_counts, 1)):
        why = explain_difference(trend(events, by="country"), funnel(events, STEPS), row=row)
        assert (why.before, why.after) == (1 + extra, 3)
        assert changed(why)["split by: country GB → none"] == 1


def test_the_way_back_has_the_same_lines_the_other_way_round() -> None:
    there = explain_difference(event_counts(WEEK, end="2024-05-07"), funnel(WEEK, STEPS, exclude="read"))
    back = explain_difference(funnel(WEEK, STEPS, exclude="read"), event_counts(WEEK, end="2024-05-07"))

    assert (back.before, back.after) == (there.after, there.before)
    assert sorted(changed(back).values()) == sorted(-change for change in changed(there).values())
    assert back.to_frame()["reason"].iloc[-1] == "counted in more than one day"
    assert "range ends: none → 2024-05-07" in back.to_frame()["reason"].tolist()


@pytest.mark.parametrize("asked", [{}, {"start": "2025-01-01"}, {"start": "2024-05-20", "end": "2024-05-22"}], ids=str)
def test_nobody_differs_from_nobody_by_nothing(asked: dict[str, str]) -> None:
    empty = WEEK if asked else WEEK.iloc[:0]

    for trend in (active_users, event_counts):
        why = explain_difference(trend(empty, **asked), funnel(empty, STEPS, **asked))
        assert (why.before, why.after, changed(why)) == (0, 0, {})


@pytest.mark.parametrize(
    ("trend", "row", "words"),
    [
        (event_counts(WEEK.assign(sample_weight=2.0), weighted=True), None, "weighted events"),
        (event_counts(WEEK, observed_until="2024-05-07"), {"time": "2024-05-09"}, "events is unknown"),
        (event_counts(WEEK), {"time": "2023-05-09"}, "0 rows match"),
    ],
)
def test_numbers_that_are_no_count_of_anything_are_refused(trend: Any, row: dict[str, str] | None, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        explain_difference(trend, funnel(WEEK, STEPS), row=row)


def test_a_sum_of_groups_counts_a_person_in_each_of_them() -> None:
    """Ann and Bob are there on two days, Bob does one thing on each of his; Ann read and visited on the first."""
    events = pd.concat([WEEK, happened(("ann", "read", 0.2))])

    why = explain_difference(active_users(events, by="event"), funnel(events, STEPS))

    assert (why.before, why.after) == (7, 3)
    assert changed(why) == {
        "counted in more than one group of event in a day": -1, "counted in more than one day": -2,
        "events that count: any → visit": -1,
    }  # fmt: skip
    assert why.people(reason="counted in more than one group of event in a day")["user_id"].to_pylist() == ["ann"]


def test_a_sum_of_stretches_counts_a_person_in_each_of_them() -> None:
    """Ann's first day is before the range, and serves as its history."""
    trend = active_users(WEEK, trailing="2d", start="2024-05-07")
    assert trend.to_frame()["users"].sum() == 3 + 3 + 1 + 1

    why = explain_difference(trend, active_users(WEEK, start="2024-05-07"))

    assert (why.before, why.after) == (8, 4)
    assert changed(why) == {"counted in more than one day, in the first": -4}
    gone = explain_difference(
        active_users(WEEK, trailing="9d", start="2024-05-09"), active_users(WEEK, start="2024-05-09")
    )
    assert changed(gone) == {
        "counted in more than one day, in the first": -3, "stretch that ends with each number: 9d → none": -3,
    }  # fmt: skip


FUNNELS: list[dict[str, Any]] = [
    {}, {"within": "1d", "entry": "first"}, {"order": "any"}, {"unit": "session"}, {"exclude": "d"},
    {"first_ever": True}, {"dialect": "umami"}, {"hold_constant": "country"}, {"order": "strict", "entry": "every"},
    {"steps": [step("a", anchored=True), "b", "c"], "order": "any"},
    {"steps": [step("a", where={"country": "GB"}), "b"]},
]  # fmt: skip
RANGES: list[dict[str, Any]] = [{}, {"start": "2024-05-07"}, {"start": "2024-05-07", "end": "2024-05-09"}]
TRENDS: list[dict[str, Any]] = [{"grain": "day"}, {"grain": "week"}, {"grain": "hour"}, {"by": "country"},
                                {"trailing": "2d"}]  # fmt: skip


def random_events(rng: np.random.Generator) -> pd.DataFrame:
    rows = int(rng.integers(20, 90))
    return pd.DataFrame(
        {
            "user_id": rng.choice(np.array([*"tuvwxyz", None], dtype=object), rows),
            "event": rng.choice(list("abcd"), rows),
            "event_time": DAY + pd.to_timedelta(rng.integers(0, 6 * 24, rows), "h"),
            "country": rng.choice(np.array(["GB", "NL", None], dtype=object), rows),
        }
    )


@pytest.mark.parametrize("seed", range(60))
def test_lines_add_up_on_random_tables_and_hold_exactly_the_people_they_say(seed: int) -> None:
    """Numbers, surplus and people of the trend are counted here row by row; those of the funnel are its own list."""
    rng = np.random.default_rng(seed)
    events, by_events = random_events(rng), bool(rng.random() < 0.5)
    asked = TRENDS[rng.integers(len(TRENDS) - by_events)] | RANGES[rng.integers(len(RANGES))]
    trend = (event_counts if by_events else active_users)(events, **asked)
    other = {"steps": ["a", "b", "c"], **FUNNELS[rng.integers(len(FUNNELS))], **RANGES[rng.integers(len(RANGES))]}
    goal = funnel(events, other.pop("steps"), **other)
    goal_row = {"step": int(rng.integers(1, 3))}
    row = None
    if len(asked.keys() & {"by", "trailing"}) or rng.random() < 0.5:
        row = {name: trend.to_frame()[name].iloc[len(trend.to_frame()) // 2] for name in trend.key_columns}

    why = explain_difference(trend, goal, row=row, other_row=goal_row)

    counted = counted_rows(events, asked, row)
    once = counted.dropna(subset="user_id")
    per_bucket = once.drop_duplicates(["user_id", "bucket"])
    repeats = {
        "events without a user_id": (len(counted) - len(once)) * by_events,
        f"more than one event in a {asked.get('grain', 'day')}": (len(once) - len(per_bucket)) * by_events,
        f"counted in more than one {asked.get('grain', 'day')}": len(per_bucket) - once["user_id"].nunique(),
    }
    if "trailing" in asked:
        repeats = {}
    before, after = set(once["user_id"]), set(goal.people(**goal_row)["user_id"].to_pylist())
    frame = why.to_frame()
    lines = dict(zip(frame["reason"], frame["change"], strict=True))
    assert UNNAMED not in lines
    assert why.before == len(before) + sum(repeats.values())
    assert why.before + frame["change"].sum() == why.after == len(after)
    assert {reason: -change for reason, change in lines.items() if reason in repeats} == {
        reason: count for reason, count in repeats.items() if count
    }
    found = [
        (one["user_id"], one["effect"]) for reason in frame["reason"] for one in why.people(reason=reason).to_pylist()
    ]
    moved = [pair for pair in found if pair[1] != "counted again"]
    assert len(moved) == len(set(moved))
    assert set(moved) == {(one, "gained") for one in after - before} | {(one, "lost") for one in before - after}
    assert [why.people(reason=reason).num_rows for reason in frame["reason"]] == frame["users"].tolist()
    turned = explain_difference(goal, trend, row=goal_row, other_row=row)
    assert turned.before + turned.to_frame()["change"].sum() == turned.after == why.before


def counted_rows(events: pd.DataFrame, asked: dict[str, Any], row: dict[str, Any] | None) -> pd.DataFrame:
    """Give the rows a number of a trend counts, each with its bucket."""
    unit = {"week": "7D", "hour": "h"}.get(asked.get("grain", "day"), "D")
    time = events["event_time"]
    rows = events.assign(bucket=((time - DAY) // pd.Timedelta(1, "D") // 7 if unit == "7D" else time.dt.floor(unit)))
    first = pd.Timestamp(asked.get("start", "2024-01-01"), tz="UTC")
    last = pd.Timestamp(asked.get("end", "2025-01-01"), tz="UTC") + pd.Timedelta("1D")  # a day as an end is inclusive
    if row is None:
        return rows[(time >= first) & (time < last)]
    length = pd.Timedelta({"7D": "7D", "h": "1h", "D": "1D"}[unit])
    begin, end = row["time"], row["time"] + length
    if "trailing" in asked:
        return rows[(time >= begin - pd.Timedelta("1D")) & (time < end)]
    inside = (time >= max(begin, first)) & (time < min(end, last))
    if "by" in asked:
        country = row["country"]
        inside &= rows["country"].isna() if pd.isna(country) else rows["country"] == country
    return rows[inside]
