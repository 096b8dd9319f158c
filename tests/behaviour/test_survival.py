"""How long people stay: written cases, and silence against the obvious count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.behaviour.survival import survival
from analytics_lib.errors import ArgumentError

MAY = pd.Timestamp("2024-05-01", tz="UTC")


def table(*rows: tuple[str, str, float], **columns: list[object]) -> pd.DataFrame:
    """Read (user, event, day) rows."""
    frame = pd.DataFrame(rows, columns=["user_id", "event", "day"])
    return frame.assign(event_time=MAY + pd.to_timedelta(frame["day"], "D"), **columns).drop(columns="day")


def test_silence_ends_a_relation_when_it_has_lasted_too_long() -> None:
    events = table(("a", "x", 0), ("a", "x", 5), ("a", "x", 40), ("b", "x", 0), ("b", "x", 39))

    frame = survival(events, quiet="30d").to_frame()

    # a leaves on day 35 (5 + 30) though they come back; b on day 30, nine days before they come back
    assert frame[["day", "at_risk_users", "left_users", "censored_users"]].to_numpy().tolist() == [
        [30, 2, 1, 0],
        [35, 1, 1, 0],
    ]
    exact = survival(table(("a", "x", 0), ("a", "x", 30)), quiet="30d").to_frame()
    assert exact[["left_users", "censored_users"]].to_numpy().tolist() == [[0, 1]]


def test_an_end_is_an_event_and_people_before_it_are_censored_together() -> None:
    events = table(("a", "join", 0), ("a", "quit", 3), ("b", "join", 1), ("c", "join", 2), ("c", "quit", 9))

    result = survival(events, start_event="join", end_event="quit", observed_until=MAY + pd.Timedelta("8D"))

    frame = result.to_frame()
    assert frame[["day", "at_risk_users", "left_users", "censored_users"]].to_numpy().tolist() == [
        [3, 3, 1, 0],
        [6, 2, 0, 1],
        [7, 1, 0, 1],
    ]
    assert frame["survival_rate"].tolist() == pytest.approx([2 / 3] * 3)
    assert result.people(day=3)["user_id"].to_pylist() == ["a"]


def test_a_split_follows_the_start_and_its_groups_are_the_whole() -> None:
    events = table(
        ("a", "join", 0), ("a", "quit", 3), ("b", "join", 0), ("b", "quit", 1), ("c", "join", 0),
        plan=["free", "pro", "pro", "pro", None],
    )  # fmt: skip
    asked = {"start_event": "join", "end_event": "quit"}

    result = survival(events, by="plan", **asked)

    frame = result.to_frame()
    assert frame["left_users"].sum() == survival(events, **asked).to_frame()["left_users"].sum() == 2
    assert result.median_days()["median_days"].fillna(-1).tolist() == [3.0, 1.0, -1.0]
    assert result.people(plan="pro", day=1)["user_id"].to_pylist() == ["b"]


def test_the_range_chooses_starts_and_history_decides_whether_one_is_first() -> None:
    events = table(("a", "join", 0), ("a", "join", 5), ("b", "join", 5), ("b", "quit", 7))

    frame = survival(events, start_event="join", end_event="quit", start=MAY + pd.Timedelta("1D")).to_frame()

    assert frame["at_risk_users"].tolist() == [1]


@settings(max_examples=15, deadline=None)
@given(visits=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 60)), min_size=1, max_size=25))
def test_every_person_leaves_once_or_is_still_there(visits: list[tuple[str, int]]) -> None:
    frame = survival(
        table(*((who, "x", day) for who, day in visits)), quiet="7d", observed_until=MAY + pd.Timedelta("60D")
    ).to_frame()

    lives = {}
    for who in {one for one, _ in visits}:
        days = sorted(day for one, day in visits if one == who)
        gaps = [at for at, after in zip(days, [*days[1:], 60.0001], strict=True) if after - at > 7]
        lives[who] = (gaps[0] + 7 - days[0], True) if gaps and gaps[0] + 7 <= 60 else (60 - days[0], False)
    assert frame["left_users"].sum() == sum(left for _, left in lives.values())
    assert frame["censored_users"].sum() == sum(not left for _, left in lives.values())
    for row in frame.itertuples():
        assert row.at_risk_users == sum(length >= row.day for length, _ in lives.values())
        assert row.left_users == sum(left and length == row.day for length, left in lives.values())


def test_the_picture_the_words_and_the_edges(events_as) -> None:  # type: ignore[no-untyped-def]
    events = table(("a", "join", 0), ("a", "quit", 3), ("b", "join", 0), ("b", "x", 9))
    result = survival(events_as(events), start_event="join", end_event="quit")

    assert "join" in result.definition
    assert result.plot().title == "Survival"
    assert np.isnan(survival(events.iloc[:1]).median_days()["median_days"].iloc[0])
    assert survival(events.iloc[:0]).to_frame().empty
    with pytest.raises(ArgumentError):
        survival(events, end_event="quit", return_event="x")
