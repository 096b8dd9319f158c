from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.path_names import END, START
from analytics_lib.behaviour.paths import paths
from analytics_lib.charts.patching import sources_of
from analytics_lib.widgets.journeys import JourneysWidget

RANGE = {"start": "2024-05-13", "end": "2024-06-09"}


@pytest.fixture(scope="module")
def page(workspace):
    return JourneysWidget(workspace, tenant_id="shop", **RANGE)


@pytest.fixture(autouse=True)
def as_opened(page):
    if any(page.own_texts().values()):
        page.take_own({})
        page.refresh()
    page._clear()


def part(page, name):
    return sources_of(page.views[0].chart.figure)[name]


def test_the_page_shows_the_librarys_paths(workspace, page):
    expected = paths(workspace.events(tenant_id="shop"), length=4, top=100, **RANGE).to_frame()

    assert page.answer.to_frame()["transitions"].tolist() == expected["transitions"].tolist()
    assert page.cards[0].kpi.value == expected.loc[expected["step"] == 1, "transitions"].sum()


@pytest.mark.parametrize(
    ("hidden", "begun", "share"), [([], 50, 0.4), ([4], 50, 0.4), ([2], 50, None), ([1], None, None)]
)
def test_a_hidden_band_hides_only_the_numbers_it_is_part_of(page, hidden, begun, share):
    rows = [(1, START, "a", 30), (1, START, "b", 20), (2, "a", END, 15), (2, "b", END, 5), (2, "a", "b", 15)]
    frame = pd.DataFrame(rows, columns=["step", "source", "target", "transitions"])
    frame["transitions"] = frame["transitions"].astype("Int64").mask(frame.index.isin(hidden))

    assert page._numbers(frame) == (begun, share)


def test_a_band_lists_exactly_who_took_it(page):
    part(page, "flows").selected.indices = [3]

    row = page.answer.frame.iloc[part(page, "flows").data["row"][3]]
    assert len(page.people.people) == row["users"]
    assert f"from {row['source']} to {row['target']}" in page.people.people.title


def test_a_node_lists_everybody_who_passed_once(workspace, page):
    page.fields.editors["anchor"].value = "cart"
    nodes = part(page, "nodes")
    place = list(zip(nodes.data["name"], nodes.data["column"], strict=True)).index(("cart", 1))
    nodes.selected.indices = [place]

    events = workspace.events(tenant_id="shop")
    assert len(page.people.people) == len(set(page.people.people.ids))
    assert len(page.people.people) == _people_with(events, "cart")


def _people_with(events, name):
    frame = events.filter(events.event == name).select("user_id", "event_time").to_pandas()
    times = frame["event_time"].dt.tz_convert("UTC")
    return frame[(times >= "2024-05-13") & (times < "2024-06-10")]["user_id"].nunique()


def test_backwards_the_anchor_stands_on_the_right(page):
    page.take_own({"anchor": "purchase", "direction": "before"})
    page.refresh()
    nodes = part(page, "nodes")

    assert nodes.data["name"][nodes.data["column"].index(max(nodes.data["column"]))] == "purchase"
    assert "before purchase" in page.views[0].chart.title
    nodes.selected.indices = [0]
    assert len(page.people.people) > 0


def test_names_are_filtered_by_patterns(page):
    page.fields.editors["include"].value = "product_*,cart"

    shown = {name for name in page.answer.frame["target"] if not name.startswith(("product_", "("))}
    assert shown == {"cart"}  # not add_to_cart
    assert page.address.values["rules"] == '["include=product_*,cart"]'


def test_a_broken_pattern_is_told(page):
    page.fields.editors["exclude"].value = "/(/"

    assert "is broken" in page.notice.value


def test_one_band_at_a_time_is_picked(page):
    part(page, "flows").selected.indices = [1]
    part(page, "nodes").selected.indices = [1]

    assert part(page, "flows").selected.indices == []
