"""The first numbers of a report: counted by the analyses, compared with care, hidden when people are few."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.datasets.shop import make_shop_events
from analytics_lib.reporting.key_numbers import Count, KeyNumbers, Share, key_numbers
from analytics_lib.reporting.period import ReportPeriod

PERIOD = ReportPeriod(date(2024, 2, 1), date(2024, 2, 28))
STEPS = ["cart.add", "order.placed"]


def test_numbers_are_those_of_the_analyses_for_both_periods() -> None:
    events = make_shop_events(seed=3, users=400, days=70)

    frame = key_numbers(events, PERIOD, steps=STEPS).to_frame().set_index("measure")

    inside = events[(events.event_time >= "2024-02-01") & (events.event_time < "2024-02-29")]
    assert frame.loc["Events", "value"] == len(inside)
    assert frame.loc["Active people", "value"] == inside.user_id.nunique()
    assert frame.loc["Active people", "before"] == active_users(events, start="2024-01-04", end="2024-01-31").total
    by_session = inside.groupby("session_id").event.agg(set)
    entered = by_session[by_session.map(lambda names: STEPS[0] in names)]
    through = entered[entered.map(lambda names: STEPS[1] in names)]
    assert frame.loc["cart.add → order.placed", "value"] == pytest.approx(len(through) / len(entered))


def test_few_people_are_not_told_and_neither_is_what_they_did() -> None:
    events = make_shop_events(seed=3, users=8, days=70)

    numbers = key_numbers(events, PERIOD, steps=STEPS)

    frame = numbers.to_frame().set_index("measure")
    assert frame["value"].isna().tolist() == [False, True, True, True]
    assert numbers.sentences() == []
    assert "–" in repr(numbers)


def test_a_share_is_compared_in_points_with_the_interval_of_newcombe() -> None:
    # Newcombe (1998), table II, contrast (a): 56/70 − 48/80, method 10: 0.0524 to 0.3339.
    sentence = Share("a → b", (56, 70), (48, 80), "sessions with a").sentence()

    assert sentence == (
        "Of 70 sessions with a, 56 got through (80.0 %); in the period before it was 48 of 80 (60.0 %). "
        "The difference lies between +5.2 and +33.4 points (95 % interval): chance alone does not explain that."
    )
    assert "chance alone may explain that" in Share("a", (5, 10), (4, 10), "visits").sentence()


def test_without_a_period_before_there_is_nothing_to_compare() -> None:
    share, count = Share("a", (5, 10), (0, 0), "visits"), Count("Events", 10, None)

    assert share.sentence() == "Of 10 visits, 5 got through (50.0 %); there is nothing to compare with."
    assert math.isnan(share.row()["relative_change"])
    assert count.card() == ("Events", "10", "– · before –")
    assert share.card() == ("a", "50.0 %", "– · before –")


def test_cards_escape_names_and_show_direction() -> None:
    html = KeyNumbers([Count("<Events>", 90, 100)])._repr_html_()

    assert "&lt;Events&gt;" in html
    assert "▼ −10.0 % · before 100" in html
    assert Share("a", (81, 174), (106, 129), "visits").card() == ("a", "46.6 %", "▼ −35.6 points · before 82.2 %")


def test_those_who_did_not_get_through_are_a_group_as_well() -> None:
    rows = [(f"u{user}", "enter") for user in range(12)] + [(f"u{user}", "leave") for user in range(11)]
    events = pd.DataFrame(rows, columns=["user_id", "event"]).assign(
        event_time=pd.Timestamp("2024-02-05 10:00", tz="UTC"), session_id=[f"s-{user}" for user, _ in rows]
    )

    few = key_numbers(events, PERIOD, steps=["enter", "leave"], minimum_users=5)
    told = key_numbers(events[events.user_id < "u6"], PERIOD, steps=["enter", "leave"], minimum_users=1)

    assert few.sentences() == []  # 12 − 11 = 1 person who did not
    assert "got through" in told.sentences()[0]
