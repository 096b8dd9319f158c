"""The browser places the ticks: on the week starts of weekly data, never on days it has no value for."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.charts.lines import draw_lines

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("dashboards")]


@pytest.fixture
def page(browser):
    opened = browser.new_page()
    yield opened
    opened.close()


def ticks_of(page, times):
    chart = draw_lines(pd.DataFrame({"time": times, "users": 1}), x="time", y="users", title="U")
    axis = chart.figure.xaxis[0]
    start, end = (moment.timestamp() * 1000 for moment in (times[0], times[-1]))
    shown = {"start": start, "end": end}
    code, args = axis.ticker.major_code, axis.ticker.args
    ticks = page.evaluate(
        "([code, args, shown]) => new Function(...Object.keys(args), 'cb_data', code)(...Object.values(args), shown)",
        [code, args, shown],
    )
    words = page.evaluate(
        "([code, ticks]) => ticks.map((tick) => new Function('tick', 'ticks', code)(tick, ticks))",
        [axis.formatter.code, ticks],
    )
    return pd.to_datetime(ticks, unit="ms"), words


@pytest.mark.parametrize("frequency", ["W-MON", "W-SUN", "MS"])
@pytest.mark.parametrize("periods", [5, 8, 26, 53, 104, 300])
def test_every_tick_is_a_place_of_the_data(page, frequency, periods):
    times = pd.date_range("2023-01-01", periods=periods, freq=frequency)

    ticks, _ = ticks_of(page, times)

    assert 2 <= len(ticks) <= 8
    assert set(ticks) <= set(times)


@pytest.mark.parametrize("periods", [21, 28, 60])
def test_weeks_of_days_begin_on_monday(page, periods):
    ticks, _ = ticks_of(page, pd.date_range("2024-06-02", periods=periods, freq="D"))

    assert {when.day_name() for when in ticks} == {"Monday"}


def test_years_of_days_are_marked_by_month(page):
    ticks, words = ticks_of(page, pd.date_range("2009-12-01", "2011-12-09", freq="D"))

    assert {when.day for when in ticks} == {1}
    assert words == [when.strftime("%b %Y") for when in ticks]


def test_the_year_is_said_where_there_are_two(page):
    one = pd.date_range("2024-01-01", periods=8, freq="W-MON")
    two = pd.date_range("2023-11-20", periods=8, freq="W-MON")

    for times, form in ((one, "%d %b"), (two, "%d %b %Y")):
        ticks, words = ticks_of(page, times)
        assert words == [when.strftime(form) for when in ticks]
