from __future__ import annotations

from datetime import date

import pytest

from analytics_lib.behaviour.active_users import active_users
from analytics_lib.widgets.audience import Audience


@pytest.fixture(scope="module")
def shop(workspace):
    return Audience.of(workspace, "shop")


@pytest.fixture(scope="module")
def corner(workspace):
    return Audience.of(workspace, "corner")


def test_made_up_data_says_so_on_every_page(shop, corner):
    assert "Synthetic data" in shop.badges_html()
    assert "A published log" in shop.badges_html()
    assert "Synthetic" not in corner.badges_html()


def test_the_range_ends_at_the_newest_event_not_at_the_wall_clock(shop):
    assert shop.choices({}).end == date(2024, 6, 29)
    assert shop.choices({}).days == 28


def test_an_end_alone_keeps_the_usual_length(shop):
    chosen = shop.choices({"end": "2024-05-31"})

    assert (chosen.start, chosen.end) == (date(2024, 5, 4), date(2024, 5, 31))


def test_days_are_the_tenants_own(corner):
    chosen = corner.choices({"start": "2024-06-01", "end": "2024-06-01"})

    counted = active_users(corner.table, **corner.calendar(chosen))

    assert counted.total == 3  # half past midnight in London is still the evening before in UTC


def test_events_are_listed_with_the_most_frequent_first(shop):
    assert list(shop.counts)[:2] == ["product_view", "catalog"]
    assert sum(shop.counts.values()) == 31_076


def test_small_groups_are_hidden_except_in_made_up_data(shop, corner):
    assert (shop.minimum_users, corner.minimum_users) == (1, 3)
    counted = active_users(corner.table, **corner.calendar(corner.choices({})))

    assert corner.shown(counted).frame["users"].isna().any()


def test_only_columns_that_tell_something_split_the_data(shop, corner):
    assert shop.breakdown == "device_type"
    assert corner.breakdowns == ()


def test_one_event_can_be_looked_at_alone(shop):
    assert shop.events("purchase").count().to_pyarrow().as_py() == 470


def test_the_same_snapshot_is_read_once_and_a_new_one_again(workspace, shop, monkeypatch):
    assert Audience.of(workspace, "shop") is shop
    monkeypatch.setattr(type(workspace.lake), "version", lambda _lake, _table: 99)

    assert Audience.of(workspace, "shop") is not shop


def test_a_question_asked_again_is_answered_at_once(shop):
    asked = []
    for number in (1, 2, 1, 1):
        shop.answer(("test", number), lambda number=number: asked.append(number) or number)

    assert asked == [1, 2]


def test_old_answers_make_room_for_new_ones(shop):
    for number in range(50):
        shop.answer(("test", number), lambda: number)  # noqa: B023

    assert len(shop.answers) <= 12
