from __future__ import annotations

import pandas as pd

from analytics_lib.charts.waterfall import draw_waterfall

REASONS = pd.DataFrame({"reason": ["window", "grace", "window"], "change": [30, -80, 0]})


def test_each_bar_begins_where_the_one_before_it_ended():
    data = draw_waterfall(REASONS, before=100, title="Users").source.data

    assert data["low"].tolist() == [0, 100, 50, 50, 0]
    assert data["high"].tolist() == [100, 130, 130, 50, 50]


def test_reasons_of_the_same_name_have_places_of_their_own():
    data = draw_waterfall(REASONS, before=100, title="Users").source.data

    assert data["name"] == ["before", "window", "grace", "window (2)", "after"]


def test_no_reason_is_two_equal_bars():
    chart = draw_waterfall(REASONS.iloc[:0], before=7, names=("a", "b"), title="Users")

    assert chart.description == "From a 7 to b 7: no difference."


def test_a_way_that_leads_below_zero_is_shown():
    drawn = draw_waterfall(REASONS, before=10, title="Users").figure

    assert drawn.x_range.start < -40
