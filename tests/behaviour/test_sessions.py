"""Visits on written cases and published logs."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from analytics_lib.behaviour.sessions import sessions
from analytics_lib.errors import ArgumentError
from tests.conftest import shared_data

NINE = pd.Timestamp("2024-05-01 09:00", tz="UTC")


def visits(*minutes: float, **columns: object) -> pd.DataFrame:
    times = [NINE + pd.Timedelta(minute, "min") for minute in minutes]
    return pd.DataFrame({"user_id": "u", "event_time": pd.Series(times, dtype="datetime64[us, UTC]"), **columns})


def test_a_gap_of_exactly_thirty_minutes_stays_one_session() -> None:
    frame = sessions(visits(0, 30, 60.001)).to_frame()

    assert frame["events"].tolist() == [2, 1]
    assert frame["duration_seconds"].tolist() == [1800.0, 0.0]


def test_a_session_longer_than_a_day_is_cut() -> None:
    minutes = range(0, 24 * 60 + 40, 20)

    frame = sessions(visits(*minutes)).to_frame()

    assert frame["duration_seconds"].tolist() == [86_400.0, 0.0]


def test_a_sent_session_is_never_split_and_belongs_to_its_user() -> None:
    frame = sessions(visits(0, 500, 1, session_id=["s", "s", "s"]).assign(user_id=["a", "a", "b"])).to_frame()

    assert frame[["user_id", "session_id", "events"]].to_numpy().tolist() == [["a", "s", 2], ["b", "s", 1]]


def test_a_late_event_joins_two_sessions_into_one() -> None:
    assert len(sessions(visits(0, 50)).to_frame()) == 2
    assert len(sessions(visits(0, 50, 25)).to_frame()) == 1


def test_a_made_name_is_a_hash_of_user_and_start_whatever_else_there_is() -> None:
    alone = sessions(visits(0)).to_frame()["session_id"].iloc[0]
    longer = sessions(pd.concat([visits(0, 5), visits(3).assign(user_id="v")])).to_frame()

    start = int(NINE.timestamp() * 1_000_000)
    assert alone == hashlib.md5(f"\x1fu\x1f{start}".encode()).hexdigest()[:16]
    assert longer.loc[longer["user_id"] == "u", "session_id"].tolist() == [alone]
    assert longer["session_id"].nunique() == 2


def test_a_session_counts_in_the_day_it_starts() -> None:
    night = visits(14 * 60 + 50, 15 * 60 + 10)

    assert sessions(night).per_day()["sessions"].tolist() == [1]
    assert sessions(night).to_frame()["day"].iloc[0].isoformat() == "2024-05-01"
    assert sessions(night, time_zone="Asia/Kolkata").to_frame()["day"].iloc[0].isoformat() == "2024-05-02"


def test_events_of_nobody_without_a_session_are_left_out_and_counted() -> None:
    table = visits(0, 1, 2, session_id=["s", None, None]).assign(user_id=[None, None, "u"])

    result = sessions(table)

    assert result.to_frame()["events"].tolist() == [1, 1]
    assert result.notes == ("1 events without user_id and session_id belong to no session.",)


def test_a_bounce_is_one_view_and_no_engagement() -> None:
    table = visits(
        0, 60, 61, 120, 121, 180, event=["page.view", "page.view", "page.view", "page.view", "form.submit", "page.ping"]
    )

    frame = sessions(table).to_frame()

    assert frame["bounced"].tolist() == [True, False, False, False]
    assert sessions(visits(0, event="thing")).to_frame()["bounced"].isna().all()
    assert sessions(visits(0, event="thing"), view=["thing"]).to_frame()["bounced"].tolist() == [True]


def test_entry_and_exit_are_the_pages_of_the_first_and_last_view() -> None:
    table = visits(0, 1, 2, 3, event=["page.ping", "page.view", "page.view", "page.ping"], url=["/x", "/a", "/b", "/y"])

    frame = sessions(table).to_frame()

    assert frame[["entry_url", "exit_url", "views"]].to_numpy().tolist() == [["/a", "/b", 2]]


def test_the_range_chooses_sessions_by_their_start_and_keeps_them_whole() -> None:
    frame = sessions(visits(-10, 10, 100), start=NINE).to_frame()

    assert frame["events"].tolist() == [1]
    assert sessions(visits(-10, 10, 100), end=NINE).to_frame()["events"].tolist() == [2]


def test_a_session_that_may_still_go_on_is_not_complete() -> None:
    assert sessions(visits(0, 31)).to_frame()["complete"].tolist() == [True, False]


def test_every_kind_of_table_gives_the_same_sessions(events_as) -> None:
    assert sessions(events_as(visits(0, 31))).to_frame()["events"].tolist() == [1, 1]


def test_no_events_make_no_sessions_and_no_time_makes_no_sense() -> None:
    assert len(sessions(visits()).to_frame()) == 0
    assert len(sessions(visits()).per_day()) == 0
    with pytest.raises(ArgumentError):
        sessions(visits(0), gap="0s")


def test_the_published_shop_log_has_its_sessions() -> None:
    shop = pd.read_csv(shared_data("retentioneering-ecom5/ecom.csv.gz")).rename(columns={"timestamp": "event_time"})
    shop["event_time"] = pd.to_datetime(shop["event_time"], format="ISO8601")

    frame = sessions(shop).to_frame()

    assert len(frame) == 3605
    assert frame["user_id"].nunique() == 600
    assert frame["events"].sum() == 31_106


def test_sessions_that_begin_together_stand_in_order_of_their_users() -> None:
    together = pd.concat([visits(0).assign(user_id=name) for name in "cab"])

    assert sessions(together).to_frame()["user_id"].tolist() == ["a", "b", "c"]
    assert sessions(together.iloc[::-1]).to_frame()["user_id"].tolist() == ["a", "b", "c"]


def test_sessions_of_two_tenants_that_differ_in_nothing_else_keep_their_places() -> None:
    events = visits(0, 0, 0, 0, user_id="anna", session_id="s", tenant_id=["b", "a", "c", "d"])

    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        assert sessions(events.iloc[order]).to_frame()["tenant_id"].tolist() == ["a", "b", "c", "d"]


def test_pages_of_one_moment_have_an_order_whatever_that_of_the_rows() -> None:
    events = visits(0, 0, 0, 0, event="page.view", url=["/b", "/c", None, "/a"])

    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        frame = sessions(events.iloc[order]).to_frame()
        assert frame[["entry_url", "exit_url"]].to_numpy().tolist() == [["/a", "/c"]]
