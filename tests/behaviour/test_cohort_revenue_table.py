"""What was booked, by whom, in which period."""

from __future__ import annotations

import pandas as pd

from analytics_lib.behaviour.cohort_revenue_table import Money, book, revenue_frame
from analytics_lib.behaviour.funnel_steps import step
from analytics_lib.behaviour.scope import open_scope


def test_a_customer_belongs_to_the_smallest_of_several_groups_at_the_first_moment() -> None:
    noon = pd.Timestamp("2024-05-01 12:00", tz="UTC")
    events = pd.DataFrame({
        "user_id": ["a"] * 3, "event": ["buy"] * 3, "event_time": [noon, noon, noon + pd.Timedelta("40D")],
        "shop": ["y", "x", "y"], "paid": ["5", "7", "what?"],
    })  # fmt: skip
    asked = Money(step("buy"), None, "paid", "month", 2, by=("shop",))
    scope = open_scope(events, ["user_id", "event", "event_time", "shop", "paid"], analysis="test")

    booked = book(scope, asked, week_start="monday")

    frame = revenue_frame(booked, scope, asked)
    assert frame["shop"].unique().tolist() == ["x"]
    assert frame["revenue"].dropna().tolist() == [12.0, 0.0, 0.0]
    assert booked.notes == ("1 orders or refunds have no known paid; they count as 0.",)
