from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.behaviour.lifecycle import lifecycle
from analytics_lib.behaviour.stickiness import stickiness
from analytics_lib.charts.patching import sources_of
from analytics_lib.widgets.lifecycle import LifecycleWidget

RANGE = {"start": "2024-04-01", "end": "2024-06-16"}


@pytest.fixture(scope="module")
def page(workspace):
    return LifecycleWidget(workspace, tenant_id="shop", **RANGE)


@pytest.fixture(autouse=True)
def as_opened(page):
    if any(page.own_texts().values()) or page.choices.grain != "week":
        page.take_own({})
        page.choose(grain="week", **RANGE)
    page._clear()


def tap(page, view, row, part):
    sources_of(page.views[view].chart.figure)[part].selected.indices = [row]


def part_of(page, state):
    """Give the source of the line of a state."""
    found = sources_of(page.views[0].chart.figure).items()
    return next(name for name, source in found if name.startswith("points") and source.data["name"][0] == state)


def test_the_page_shows_the_librarys_numbers(workspace, page):
    events = workspace.events(tenant_id="shop")
    asked = {"grain": "week", "observed_until": page.audience.newest, **RANGE}
    states, often = lifecycle(events, **asked).to_frame(), stickiness(events, **asked)
    columns = ["new", "returning", "resurrecting", "dormant"]

    pd.testing.assert_frame_equal(page.answer.to_frame()[columns], states[columns])
    assert page.often.to_frame()["users"].tolist() == often.to_frame()["users"].tolist()
    assert page.cards[0].kpi.value == often.total == often.to_frame()["users"].sum()
    assert page.cards[1].kpi.value == states["new"].sum()
    assert page.cards[2].kpi.value == pytest.approx(
        (often.frame["active_periods"] * often.frame["users"]).sum() / often.total
    )
    assert page.cards[3].kpi.value == states["dormant"].dropna().iloc[-1]
    assert page.listed()["active"].tolist() == states[columns[:3]].sum(axis=1).tolist()


@pytest.mark.parametrize("state", ["new", "returning", "dormant"])
def test_a_tap_on_a_point_lists_exactly_who_was_in_that_state(page, state):
    tap(page, 0, 3, part_of(page, state))

    assert len(page.people.people) == page.answer.frame[state].iloc[3]
    assert f"who were {state} in the week of 2024-04-22" in page.people.people.title


def test_a_tap_on_a_bar_lists_exactly_who_came_so_often(page):
    tap(page, 1, 2, "bars-0")
    exactly = len(page.people.people)
    assert exactly == page.often.frame["users"].iloc[2]
    assert "exactly 3 weeks" in page.people.people.title

    page.fields.editors["at_least"].value = "true"
    tap(page, 1, 2, "bars-0")

    assert len(page.people.people) == page.often.frame["users"].iloc[2] > exactly
    assert "3 or more weeks" in page.people.people.title
    assert page.address.values["at_least"] == "true"


def test_the_mean_of_weeks_is_the_same_however_they_are_counted(page):
    exactly = page.cards[2].kpi.value
    page.fields.editors["at_least"].value = "true"

    assert page.cards[2].kpi.value == pytest.approx(exactly)
    assert page.cards[0].kpi.value == page.often.total


def test_who_is_new_is_a_choice_and_creation_needs_the_column_that_tells_it(workspace, page):
    assert page.fields.editors["created"].layout.display == "none"
    page.fields.editors["birth"].value = "first_event_in_range"

    events, asked = workspace.events(tenant_id="shop"), {"grain": "week", **RANGE}
    expected = lifecycle(events, birth="first_event_in_range", **asked).to_frame()
    assert page.answer.frame["new"].tolist() == expected["new"].tolist()
    assert page.address.values["birth"] == "first_event_in_range"

    page.fields.editors["birth"].value = "entity_created"
    assert "created=None" in page.notice.value
    assert page.fields.editors["created"].layout.display is None


def test_the_page_is_brought_back_by_its_address(workspace, page):
    page.fields.editors["at_least"].value = "true"
    page.choose(grain="month")
    again = LifecycleWidget(workspace, **page.address.values)

    assert again.address.values == page.address.values
    assert again.often.frame["users"].tolist() == page.often.frame["users"].tolist()
    assert again.listed()["time"].iloc[0] == "2024-04"


def test_both_tables_are_files(page):
    file = page.file_rows()

    assert file.columns.tolist() == ["time", *list(page.headings())[1:-1], "complete"]
    assert file["active"].tolist() == page.listed()["active"].tolist()
    pd.testing.assert_frame_equal(file.drop(columns="active"), page.answer.frame)
    assert "weeks with an event" in page.often_table.words.value


def test_small_groups_stay_hidden_and_list_nobody(workspace):
    """Five people of the corner store, each on one day; at most three on the same."""
    page = LifecycleWidget(workspace, tenant_id="corner", grain="day", start="2024-05-30", end="2024-06-02")
    hidden = page.answer.frame["new"].isna()

    assert hidden.any()
    assert page.cards[1].kpi.value is None
    row = int(hidden.to_numpy().nonzero()[0][0])
    source = sources_of(page.views[0].chart.figure)[part_of(page, "new")]
    page._tapped(page.views[0], {name: column[row] for name, column in source.data.items()})
    assert page.people.people is None
