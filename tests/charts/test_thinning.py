"""Long series look as if all were drawn, and pages stay small."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.charts.bands import draw_band
from analytics_lib.charts.lines import draw_lines
from analytics_lib.charts.panels import draw_panels
from analytics_lib.charts.steps import draw_steps
from analytics_lib.charts.thinning import MOST_POINTS, telling

LENGTH = 150_000


@pytest.fixture(scope="module")
def frame():
    values = np.random.default_rng(1).normal(size=LENGTH)
    values[77_777], values[100_000:110_000] = 40.0, np.nan
    flags = np.zeros(LENGTH, bool)
    flags[[5, 77_777]] = True
    times = pd.date_range("2024-01-01", periods=LENGTH, freq="min", tz="UTC")
    return pd.DataFrame({"time": times, "value": values, "low": -3.0, "high": 3.0, "is_anomaly": flags})


def test_short_series_are_drawn_whole():
    assert telling(np.arange(50), np.zeros(50)).tolist() == list(range(50))


@given(st.lists(st.one_of(st.floats(-5, 5), st.just(float("nan"))), min_size=30, max_size=300))
def test_highest_lowest_and_both_ends_are_always_drawn(given_values):
    values = np.array(given_values)
    few = telling(np.arange(len(values)), values, most=20)
    assert (np.diff(few) > 0).all()
    assert {few[0], few[-1]} == {0, len(values) - 1}
    if np.isfinite(values).any():
        assert np.nanmax(values[few]) == np.nanmax(values)
        assert np.nanmin(values[few]) == np.nanmin(values)


def test_a_long_gap_stays_a_gap_and_a_missing_minute_does_not_break_the_line():
    values = np.random.default_rng(1).normal(size=100_000)
    values[30_000:50_000] = np.nan
    values[::37] = np.nan
    few = telling(np.arange(100_000), values, most=1000)
    blank = few[np.isnan(values[few])]
    assert len(few) < 1100
    assert ((blank >= 29_999) & (blank <= 50_000) | np.isin(blank, [0, 99_999])).all()
    assert ((blank > 30_000) & (blank < 50_000)).any() or 30_000 in blank


def test_a_long_band_shows_every_flag_its_gap_and_says_so(frame):
    chart = draw_band(frame, title="Long", flag="is_anomaly")
    sources = {one.name: one.data for one in chart.figure.select({"type": type(chart.source)})}
    assert len(chart.source.data["x"]) < 2 * MOST_POINTS
    assert np.isfinite(sources["flagged"]["y"]).sum() == 2
    assert np.isnan(sources["observed"]["y"]).any()
    assert f"{LENGTH:,} values" in chart.description
    assert "lowest and highest of each stretch" in chart.description


def test_rows_that_can_be_picked_are_all_there(frame):
    assert len(draw_band(frame, title="Long", selectable=True).source.data["x"]) == LENGTH
    assert len(draw_lines(frame, x="time", y="value", title="Long", selectable=True).source.data["x"]) == LENGTH


def test_pages_with_long_series_are_small(frame):
    changes = pd.DataFrame({"time": frame.time[[80_000]], "kind": ["mean"]})
    stretches = frame.assign(fitted=np.where(np.arange(LENGTH) < 80_000, 0.0, 1.0))
    for chart in (
        draw_band(frame, title="Long", flag="is_anomaly"),
        draw_lines(frame, x="time", y="value", title="Long"),
        draw_panels(frame, x="time", panels=["value", "low"], title="Long"),
        draw_steps(stretches, changes, title="Long"),
    ):
        assert len(chart.to_html()) < 4_000_000
        assert "lowest and highest of each stretch" in chart.description
