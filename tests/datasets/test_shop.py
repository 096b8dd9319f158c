"""The made shop holds exactly the truths it says it holds."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analytics_lib.datasets.shop import BROKEN_RATE, PASS_RATES, make_shop_events, shop_story
from analytics_lib.errors import ArgumentError
from analytics_lib.schema import COLUMN_NAMES


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return make_shop_events(seed=2, users=6000, days=90)


def orders_per_checkout(events: pd.DataFrame) -> float:
    return (events["event"] == "order.placed").sum() / (events["event"] == "checkout.start").sum()


def test_columns_are_canonical_and_times_ascend_in_utc(events):
    assert set(events.columns) <= set(COLUMN_NAMES)
    assert str(events["event_time"].dtype) == "datetime64[us, UTC]"
    assert events["event_time"].is_monotonic_increasing
    assert events["event_id"].is_unique


def test_everybody_asked_for_comes(events):
    assert events["user_id"].nunique() == 6000


def test_the_same_seed_makes_the_same_shop_and_another_seed_another():
    assert make_shop_events(3, 20, 10).equals(make_shop_events(3, 20, 10))
    assert not make_shop_events(3, 20, 10).equals(make_shop_events(4, 20, 10))


def test_nothing_happens_during_the_outage_but_all_around_it(events):
    outage = shop_story(90).outage
    inside = events["event_time"].between(outage.start, outage.end, inclusive="left")
    before = events["event_time"].between(outage.start - (outage.end - outage.start), outage.start, inclusive="left")
    assert inside.sum() == 0
    assert before.sum() > 20


def test_only_phones_fail_at_the_broken_checkout(events):
    story = shop_story(90)
    during = events["event_time"].between(story.broken_checkout.start, story.broken_checkout.end)
    phone = events["device_type"] == "mobile"
    assert orders_per_checkout(events[during & phone]) == pytest.approx(BROKEN_RATE, abs=0.06)
    assert orders_per_checkout(events[during & ~phone]) == pytest.approx(PASS_RATES["order.placed"], abs=0.08)
    assert orders_per_checkout(events[~during & phone]) == pytest.approx(PASS_RATES["order.placed"], abs=0.04)
    assert set(events.loc[events["event"] == "error.occurred", "device_type"]) == {"mobile"}


def test_the_sale_brings_visits(events):
    sale = shop_story(90).sale
    visits = events.drop_duplicates("session_id").set_index("event_time")["session_id"].resample("D").count()
    during = visits[sale.start : sale.end - pd.Timedelta("1us")].mean()
    around = visits[sale.start - pd.Timedelta("7D") : sale.start - pd.Timedelta("1us")].mean()
    assert during / around > 1.3


def test_properties_are_json_and_orders_have_an_amount(events):
    orders = events[events["event"] == "order.placed"]["properties"].map(json.loads)
    assert all(order["amount"] > 0 for order in orders)


def test_no_users_is_refused():
    with pytest.raises(ArgumentError, match="users=0"):
        make_shop_events(1, 0, 10)
