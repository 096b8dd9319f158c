import numpy as np
import pandas as pd
import pytest

from analytics_lib.charts.fans import draw_fan
from analytics_lib.errors import MissingColumnError

DAYS = pd.date_range("2024-05-01", periods=5, tz="UTC")
KNOWN = pd.DataFrame({"time": DAYS[:3], "value": [1.0, np.nan, 3.0]})
AHEAD = pd.DataFrame({"time": DAYS[3:], "value": [4.0, 5.0], "low": [3.0, 3.5], "high": [5.0, 6.5]})


def test_the_description_tells_the_end_of_the_fan() -> None:
    chart = draw_fan(KNOWN, AHEAD, title="Users")

    assert chart.description == "3 values, then 2 steps ahead: 5 (3.50 to 6.50) on Sun 05 May 2024."


def test_a_limit_is_named_in_the_legend() -> None:
    assert draw_fan(KNOWN, AHEAD, title="Users", limit=9.0).legend[-1].name == "limit"
    assert len(draw_fan(KNOWN, AHEAD, title="Users").legend) == 2


def test_an_unknown_forecast_is_no_picture() -> None:
    assert "No data" in draw_fan(KNOWN, AHEAD.assign(value=np.nan), title="Users").description


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(MissingColumnError, match="high"):
        draw_fan(KNOWN, AHEAD.drop(columns="high"), title="Users")
