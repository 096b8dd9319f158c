from __future__ import annotations

import re
from datetime import date
from html import unescape
from importlib import import_module

import pytest
from bokeh.models import Axis
from ipywidgets import HTML, Widget

from analytics_lib.widgets.chart_view import ChartView
from analytics_lib.widgets.dashboard import Dashboard

PAGES = {
    "overview": "OverviewWidget", "funnel": "FunnelWidget", "retention": "RetentionWidget",
    "lifecycle": "LifecycleWidget", "journeys": "JourneysWidget", "segments": "SegmentsWidget",
    "user_days": "UserDaysWidget", "anomalies": "AnomalyMonitorWidget", "playback": "PlaybackWidget",
}  # fmt: skip


class CountingPage(Dashboard):
    def __init__(self, workspace, **given):
        self.updates = 0
        super().__init__(workspace, controls={}, **given)

    def build(self):
        return [HTML()]

    def update(self):
        self.updates += 1


@pytest.fixture
def page(workspace):
    return CountingPage(workspace, tenant_id="shop")


def test_the_address_names_only_what_differs_from_the_default(page):
    page.choose(grain="week")

    assert {name: text for name, text in page.address.values.items() if text} == {
        "tenant_id": "shop", "grain": "week"
    }  # fmt: skip


def test_a_reader_who_goes_back_sees_what_was_there_before(page):
    page.choose(start="2024-05-13", end="2024-06-09", grain="week")

    page.address.wanted = {"tenant_id": "shop", "start": "", "end": "", "event": "", "grain": "", "_at": 1}

    assert (page.choices.grain, page.choices.end) == ("day", date(2024, 6, 29))
    assert page.controls.grain.value == "day"


def test_an_address_with_another_end_keeps_the_usual_start(workspace, page):
    page.choose(end="2024-06-16")
    again = CountingPage(workspace, **page.address.values)

    assert page.address.values["start"] == "2024-06-02"
    assert again.choices == page.choices


def test_another_tenant_brings_its_own_last_weeks(page):
    page.choose(tenant_id="corner")

    assert page.choices.end == date(2024, 6, 2)
    assert "Corner store" in page.badges.value


def test_a_grain_that_was_chosen_goes_along_to_another_tenant_and_into_the_address(page):
    page.choose(grain="week")
    page.choose(tenant_id="corner", grain="week")

    assert page.choices.grain == page.address.values["grain"] == "week"

    page.choose(grain="day")
    page.choose(tenant_id="shop", grain="day")
    assert (page.choices.grain, page.address.values["grain"]) == ("day", "")


def test_each_choice_is_answered_once(page):
    page.choose(grain="week")
    page.choose(grain="month")

    assert page.updates == 3  # one when the page was opened


def test_the_status_is_read_aloud(page):
    assert 'role="status"' in page.status.value
    assert "28 days" in page.status.value


def test_a_problem_disappears_with_the_next_answer(page):
    page.tell("Could not update (ref 1a2b3c4d).")
    shown = page.notice.layout.display

    page.choose(grain="week")

    assert shown != "none"
    assert page.notice.layout.display == "none"


def test_a_problem_is_text_not_markup(page):
    page.tell("<b>no</b>")

    assert "<b>" not in page.notice.value


def test_a_page_opens_with_the_first_tenant_of_the_settings(workspace):
    # "corner" comes first in the alphabet
    assert CountingPage(workspace).choices.tenant_id == "shop"


def texts(widget):
    """Give all that a reader sees of a widget and its parts."""
    if isinstance(widget, ChartView):
        yield from (axis.axis_label or "" for axis in widget.chart.figure.select({"type": Axis}))
    markup = re.sub(r"<style>.*?</style>", "", str(getattr(widget, "value", "")), flags=re.DOTALL)
    yield unescape(re.sub("<[^>]+>", " ", markup)) if "<" in markup else ""
    yield str(getattr(widget, "description", ""))
    yield from (str(words) for words, *_ in (getattr(widget, "_options_full", None) or ()))
    for child in getattr(widget, "children", ()):
        if isinstance(child, Widget):
            yield from texts(child)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_of_people(workspace, name):
    page = getattr(import_module(f"analytics_lib.widgets.{name}"), PAGES[name])(workspace, tenant_id="shop")
    said = [words for words in texts(page) if words.strip()]

    assert isinstance(page, Dashboard)
    assert len(said) > 10
    assert [words for words in said if re.search(r"\b[Uu]sers?\b", words)] == []
