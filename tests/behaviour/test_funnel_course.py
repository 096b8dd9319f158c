"""The course of a funnel equals the funnel of each bucket, and the planted incident of the shop shows."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from analytics_lib.behaviour.funnel import funnel
from analytics_lib.behaviour.funnel_course import funnel_course
from tests.conftest import shared_data


def shop() -> pd.DataFrame:
    with gzip.open(shared_data("retentioneering-ecom5/ecom.csv.gz"), "rt") as file:
        frame = pd.read_csv(file)
    named = frame.rename(columns={"timestamp": "event_time"})
    return named.assign(event_time=pd.to_datetime(named["event_time"]), user_id=named["user_id"].astype("str"))


def test_an_entry_counts_where_it_began_whenever_its_last_step_comes() -> None:
    times = ["2024-05-05 23:59", "2024-05-06 00:01", "2024-05-06 09:00", "2024-05-13 08:00", "2024-05-27 12:00"]
    events = pd.DataFrame(
        {"user_id": list("aabbc"), "event": ["view", "buy", "view", "buy", "view"], "event_time": pd.to_datetime(times)}
    )

    frame = funnel_course(events, ["view", "buy"], start="2024-04-29", end="2024-06-02").to_frame()

    assert frame["time"].dt.strftime("%m-%d").tolist() == ["04-29", "05-06", "05-13", "05-20", "05-27"]
    assert frame["users"].tolist() == [1, 1, 0, 0, 1]
    assert frame["completed_users"].tolist() == [1, 1, 0, 0, 0]
    assert frame["overall_rate"].isna().tolist() == [False, False, True, True, False]
    assert frame["complete"].tolist() == [True, True, True, True, False]


def test_each_bucket_is_the_funnel_of_that_range() -> None:
    events = shop()
    steps = ["product_view", "add_to_cart", "purchase"]

    frame = funnel_course(events, steps, grain="month", unit="session", end="2024-05-31").to_frame()

    for row in frame.itertuples():
        month = row.time.strftime("%Y-%m")
        last = (row.time + pd.offsets.MonthEnd(0)).strftime("%Y-%m-%d")
        alone = funnel(events, steps, unit="session", start=f"{month}-01", end=last).to_frame()
        assert [row.sessions, row.completed_sessions] == [alone["sessions"].iloc[0], alone["sessions"].iloc[-1]]
        assert row.overall_rate == pytest.approx(alone["overall_rate"].iloc[-1])


def test_the_payment_incident_of_the_shop_shows_from_19_may_to_7_june() -> None:
    # Published with the log: sessions with payment_details that also hold purchase, 80/96 and 46/130.
    steps, unit = ["payment_details", "purchase"], {"unit": "session", "order": "any", "grain": "day"}

    before = funnel_course(shop(), steps, start="2024-05-01", end="2024-05-18", **unit).to_frame()
    during = funnel_course(shop(), steps, start="2024-05-19", end="2024-06-07", **unit).to_frame()

    assert (before["completed_sessions"].sum(), before["sessions"].sum()) == (80, 96)
    assert (during["completed_sessions"].sum(), during["sessions"].sum()) == (46, 130)


def test_the_people_of_a_bucket_are_as_many_as_it_says() -> None:
    result = funnel_course(shop(), ["product_view", "purchase"], start="2024-05-13", end="2024-05-26")

    for row in result.to_frame().itertuples():
        assert result.people(time=row.time).num_rows == row.users


def test_no_events_give_no_rows() -> None:
    empty = shop().head(0)

    assert funnel_course(empty, ["a", "b"]).to_frame().empty
    asked = funnel_course(empty, ["a", "b"], start="2024-05-13", end="2024-05-26").to_frame()
    assert asked["users"].tolist() == [0, 0]
