import numpy as np
import pandas as pd
import pytest

from analytics_lib.charts.forests import draw_forest
from analytics_lib.charts.theme import BAD, GOOD, PRIMARY
from analytics_lib.errors import MissingColumnError

EFFECTS = pd.DataFrame(
    {
        "variant": ["b", "c", "d", "b"],
        "difference": [2.0, -1.0, 0.1, 5.0],
        "low": [1.0, -2.0, -1.0, np.nan],
        "high": [3.0, -0.5, 1.0, np.nan],
    }
)


def test_intervals_off_the_line_of_no_effect_have_their_own_colour() -> None:
    chart = draw_forest(EFFECTS, label="variant", value="difference", title="Effects")

    assert chart.source.data["colour"] == [GOOD, BAD, PRIMARY, PRIMARY]


def test_the_first_row_is_drawn_on_top_and_equal_names_are_told_apart() -> None:
    chart = draw_forest(EFFECTS, label="variant", value="difference", title="Effects")

    assert list(chart.figure.y_range.factors) == ["b (2)", "d", "c", "b (1)"]


def test_the_description_reads_like_the_picture() -> None:
    chart = draw_forest(EFFECTS, label="variant", value="difference", title="Effects")

    assert chart.description.startswith("b (1) 2 (1 to 3); c -1")


def test_nothing_to_compare_is_said() -> None:
    chart = draw_forest(EFFECTS.iloc[:0], label="variant", value="difference", title="Effects")

    assert chart.description == "Nothing to compare yet."


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(MissingColumnError):
        draw_forest(EFFECTS, label="variant", value="relative", title="Effects")
