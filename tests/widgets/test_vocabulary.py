"""One word for one thing on every page: who is counted are people, whatever the columns are called."""

from __future__ import annotations

import re
from html import unescape
from importlib import import_module

import pytest
from bokeh.models import Axis
from ipywidgets import Widget

from analytics_lib.widgets.chart_view import ChartView
from analytics_lib.widgets.dashboard import Dashboard

PAGES = {
    "overview": "OverviewWidget", "funnel": "FunnelWidget", "retention": "RetentionWidget",
    "journeys": "JourneysWidget", "segments": "SegmentsWidget", "user_days": "UserDaysWidget",
    "anomalies": "AnomalyMonitorWidget", "playback": "PlaybackWidget",
}  # fmt: skip


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
