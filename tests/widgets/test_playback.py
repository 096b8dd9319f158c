from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from analytics_lib.behaviour.pointer import click_map
from analytics_lib.datasets.pointers import make_pointer_events
from analytics_lib.privacy.suppression import suppress
from analytics_lib.state.consents import record_consent
from analytics_lib.widgets.playback import PlaybackWidget
from analytics_lib.workspace import create_workspace, open_workspace
from tests.widgets.shop import canonical


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A workspace with four visits, of whose people two agreed and one of these changed their mind."""
    folder = tmp_path_factory.mktemp("recorded")
    create_workspace(folder, name="recorded")
    workspace = open_workspace(folder)
    events = make_pointer_events(seed=1, users=4).assign(tenant_id="shop")
    workspace.lake.append("events", canonical(events), batch_id="one")
    for day, (name, granted) in enumerate([("visitor-0001", True), ("visitor-0002", True), ("visitor-0002", False)], 1):
        record_consent(workspace.state, name, "session_recording", granted=granted, tenant_id="shop",
                       decided_at=datetime(2024, 4, day, tzinfo=UTC))  # fmt: skip
    return open_workspace(folder)


@pytest.fixture
def page(recorded):
    return PlaybackWidget(recorded, tenant_id="shop")


def test_only_visits_of_people_who_still_agree_are_offered(page):
    assert page.visits(page.choices) == ["visit-0001"]
    assert page.answer.to_frame()["kind"].tolist() == ["page", "click", "click", "click", "scroll"]
    assert "1 visit of people who agreed" in page.status.value


def test_any_other_visit_is_refused(page):
    page.fields.editors["session_id"].value = "visit-0002"

    assert "no consent for session recording" in page.notice.value


def test_playing_shows_what_has_happened_so_far(page):
    page.place.value = 9

    assert [alpha == 1 for alpha in page.views[0].chart.source.data["alpha"]] == [True, True, True, False, False]
    assert re.search(r"second 9, event 3: <strong>click</strong> /offer \d+ % across, \d+ % down", page.now.value)
    assert page.play.max == 16


def test_the_speed_is_how_many_seconds_pass_in_one(page):
    page.speed.value = 5

    assert page.play.step == 5


def test_without_any_consent_there_is_nothing_to_play(workspace):
    page = PlaybackWidget(workspace, tenant_id="corner")

    assert page.answer.to_frame().empty
    assert "Nobody with a visit" in page.answer.notes[0]
    assert page.now.value.endswith("nothing yet</div>")


def test_where_no_page_was_recorded_none_is_named(workspace):
    page = PlaybackWidget(workspace, tenant_id="shop")

    charts = [view.chart for view in page.views[1:]]
    assert [chart.title for chart in charts] == ["Clicks on a page", "How far down people get on a page"]
    assert all("No page was recorded" in chart.description for chart in charts)


def test_clicks_and_scrolls_are_those_of_people_who_still_agree(recorded, page):
    page.fields.editors["width"].value = "tablet"  # visitor-0001 came with one

    events = recorded.events(tenant_id="shop")
    one = click_map(events, "/offer", rows=10, width="tablet", consented={"visitor-0001"})
    assert page.clicks.to_frame().equals(suppress(one, page.audience.minimum_users).to_frame())
    assert int(one.to_frame()["clicks"].sum()) == 3
    assert page.views[1].chart.title == "Clicks on /offer, tablet"


def test_where_nobody_clicked_the_page_says_so(page):
    assert "Nobody who agreed clicked here with a desktop window" in page.views[1].chart.description


def test_of_several_tenants_the_page_opens_with_one_that_has_recorded_visits(recorded):
    settings = recorded.folder / "analytics.toml"
    settings.write_text(settings.read_text() + "[tenants.first]\n[tenants.shop]\nsynthetic = true\n")
    again = open_workspace(recorded.folder)

    assert PlaybackWidget(again).audience.tenant_id == "shop"
    assert PlaybackWidget(again, tenant_id="first").audience.tenant_id == "first"
