"""Numbers on axes are written by the browser; they must read like those in tables, which Python writes."""

from __future__ import annotations

import pytest

from analytics_lib.charts.formats import VALUE_FORMATS, tick_formatter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("dashboards")]

PLACES = {
    "number": [0, 1, 500, 12_500, 1_000_000],
    "bytes": [0, 999, 1_500, 2_000_000, 1_500_000_000],
    "duration": [0, 0.5, 30, 90, 3600, 5400, 93_600, 172_800],
    "percent": [0.005, 0.123],
}


@pytest.mark.parametrize("value_format", PLACES)
def test_an_axis_says_what_a_table_says(browser, value_format):
    code = tick_formatter(value_format).code
    page = browser.new_page()
    shown = page.evaluate(
        "([code, ticks]) => ticks.map((tick) => new Function('tick', code)(tick))", [code, PLACES[value_format]]
    )
    page.close()

    told = [VALUE_FORMATS[value_format](place) for place in PLACES[value_format]]
    assert [plain(text) for text in shown] == [plain(text) for text in told]


def plain(text):
    """Drop the zeros that a table keeps so that its columns line up: 1.0 GB is 1 GB on an axis."""
    return text.replace(".0 ", " ")
