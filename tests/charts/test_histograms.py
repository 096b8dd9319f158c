import pandas as pd
import pytest

from analytics_lib.charts.histograms import draw_histogram
from analytics_lib.errors import MissingColumnError

FRAME = pd.DataFrame({"low": [0.0, 10.0], "high": [10.0, 20.0], "count": [4, 6]})


def test_bars_span_their_ranges_and_start_at_zero():
    figure = draw_histogram(FRAME, title="Values").figure
    source = figure.select_one({"name": "hover-0"}).data_source
    assert list(source.data["left"]) == [0, 10]
    assert list(source.data["right"]) == [10, 20]
    assert list(source.data["top"]) == [4, 6]
    assert figure.y_range.start == 0


def test_the_description_says_where_most_values_lie():
    assert draw_histogram(FRAME, title="Values", value_format="duration").description == (
        "10 values in 2 ranges from 0 s to 20 s; most often from 10 s to 20 s (6)."
    )


def test_a_range_without_width_can_still_be_seen():
    frame = pd.DataFrame({"low": [5.0], "high": [5.0], "count": [3]})
    source = draw_histogram(frame, title="Constant").figure.select_one({"name": "hover-0"}).data_source
    assert (source.data["left"][0], source.data["right"][0]) == (4.5, 5.5)


def test_nothing_is_said_to_be_nothing():
    assert draw_histogram(FRAME.head(0), title="Values").description == "No data in this range."


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnError, match="high"):
        draw_histogram(FRAME.drop(columns="high"), title="Values")
