from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics_lib.charts import axes
from analytics_lib.charts.theme import new_figure


def test_a_time_axis_says_its_zone():
    drawn = axes.figure_over(
        pd.Series(pd.to_datetime(["2024-05-01"]), name="time"), title="t", x_label=None, y_label="active_users",
        value_format="number", time_zone="Europe/London",
    )  # fmt: skip

    assert drawn.xaxis.axis_label == "time (Europe/London)"
    assert drawn.yaxis.axis_label == "active people"


@pytest.mark.parametrize(("values", "start"), [([3.0, 5.0], 0), ([-3.0, 5.0], None)])
def test_the_value_axis_starts_at_zero_unless_values_lie_below(values, start):
    drawn = new_figure(title="t", x_label="x", y_label="y")

    axes.from_zero(drawn.y_range, np.array(values))

    assert drawn.y_range.properties_with_values(include_defaults=False).get("start") == start


def test_all_zero_still_has_an_axis():
    drawn = new_figure(title="t", x_label="x", y_label="y")

    axes.from_zero(drawn.y_range, np.zeros(3))

    assert (drawn.y_range.start, drawn.y_range.end) == (0, 1)


def test_hovering_an_unfinished_bucket_says_so():
    assert axes.hover_text(["5", "2"], np.array([True, False])) == ["5", "2 (incomplete)"]


def test_days_are_written_as_days_and_hours_with_the_clock():
    assert axes.place_text(pd.Series(pd.to_datetime(["2024-05-01"]))) == ["Wed 01 May 2024"]
    assert axes.place_text(pd.Series(pd.to_datetime(["2024-05-01 13:00"]))) == ["Wed 01 May 2024 13:00"]
    assert axes.place_text(pd.Series([3])) == ["3"]


def test_a_selectable_figure_drags_a_box():
    drawn = axes.figure_over(pd.Series([1.0]), title="t", x_label="x", y_label="y", value_format="number",
                             selectable=True)  # fmt: skip

    assert type(drawn.toolbar.active_drag).__name__ == "BoxSelectTool"


@pytest.mark.parametrize(("places", "least"), [([0, 1, 2], 1), ([0.0, 2.0, np.nan], 1), ([0, 0.5, 1], 0), ([], 1)])
def test_an_axis_of_whole_numbers_has_ticks_at_whole_numbers_only(places, least):
    drawn = axes.figure_over(
        pd.Series(places, name="period"), title="t", x_label=None, y_label="users", value_format="percent"
    )

    assert drawn.xaxis[0].ticker.min_interval == least
