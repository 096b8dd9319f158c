import pandas as pd
import pytest
from bokeh.models import Plot

from analytics_lib.charts.panels import draw_panels
from analytics_lib.errors import MissingColumnError

FRAME = pd.DataFrame(
    {
        "time": pd.date_range("2024-05-01", periods=4, freq="h", tz="UTC"),
        "observed": [1.0, None, 3.0, 4.0],
        "trend": [1.0, 2.0, 3.0, 4.0],
    }
)


def test_panels_share_one_time_axis():
    plots = list(
        draw_panels(FRAME, x="time", panels=["observed", "trend"], title="Parts").figure.select({"type": Plot})
    )
    assert len(plots) == 2
    assert plots[0].x_range is plots[1].x_range
    assert sorted(plot.xaxis[0].visible for plot in plots) == [False, True]


def test_an_unknown_value_breaks_the_line():
    chart = draw_panels(FRAME, x="time", panels=["observed"], title="Parts")
    source = chart.figure.select_one({"name": "panel-0"})
    assert pd.isna(source.data["y"]).sum() == 1


def test_the_chart_has_a_paper_form():
    assert "<figure" in draw_panels(FRAME, x="time", panels=["observed", "trend"], title="Parts").to_html(static=True)


def test_nothing_is_said_to_be_nothing():
    assert draw_panels(FRAME.head(0), x="time", panels=["trend"], title="Parts").description.startswith("No data")


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnError, match="season"):
        draw_panels(FRAME, x="time", panels=["season"], title="Parts")
