from __future__ import annotations

import json

import pandas as pd
import pytest

from analytics_lib.behaviour.user_days import POINTS, user_days
from analytics_lib.widgets.user_days import UserDaysWidget

RANGE = {"start": "2024-05-13", "end": "2024-06-09"}


@pytest.fixture(scope="module")
def page(workspace):
    return UserDaysWidget(workspace, tenant_id="shop", **RANGE)


def test_the_page_shows_the_librarys_daily_record(workspace, page):
    events = workspace.events(tenant_id="shop")
    points = dict.fromkeys(events.event.value_counts().to_pandas()["event"], 1.0)
    record = user_days(events, points=points, start="2024-05-13", end="2024-06-09").to_frame()

    last = record.groupby("user_id").last()

    assert page.cards[0].kpi.value == len(last)
    assert [card.kpi.value for card in page.cards[1:]] == [
        pytest.approx(last[name].median()) for name in ("activity_score", "engagement_score", "loyalty_score")
    ]
    assert page.listed()["events"].sum() == record["events"].sum()
    assert not set(points) & set(POINTS)
    assert "each event counts one point" in page.definitions.value


def test_the_file_has_every_person_and_day_and_what_was_counted_by_value(page):
    rows = page.file_rows()

    assert len(rows) == len(page.answer.frame)
    assert rows["user_id"].nunique() == page.cards[0].kpi.value
    assert sum(json.loads(rows["device_types"].iloc[0]).values()) == rows["events"].iloc[0]


def test_a_tap_lists_exactly_who_is_in_the_band(page):
    bands = page.bands().to_frame()
    row = int(bands["users"].astype("Int64").idxmax())

    page._tapped(page.views[0], {"row": row})

    assert len(page.people.people) == bands["users"].iloc[row] > 0
    assert bands["users"].sum() == page.cards[0].kpi.value


def test_another_score_is_a_choice(page):
    page.fields.editors["score"].value = "loyalty_score"

    assert page.address.values["score"] == "loyalty_score"
    assert page.views[0].chart.title == "People by loyalty, each when last seen"
    page.fields.editors["score"].value = "engagement_score"


def test_days_and_bands_with_few_people_are_hidden(workspace):
    page = UserDaysWidget(workspace, tenant_id="corner")

    assert page.audience.minimum_users == 3
    days = page.listed().set_index("day")["users"]
    assert {f"{day:%d %b}": size for day, size in days.dropna().items()} == {"01 Jun": 3}  # of London, not of UTC
    assert days.isna().sum() == 2
    assert page.bands().to_frame()["users"].max() == 5
    assert page.cards[0].kpi.value == 5


def test_the_table_has_a_row_per_day(page):
    days = pd.to_datetime(page.listed()["day"])

    assert days.is_unique
    assert len(days) == 28
