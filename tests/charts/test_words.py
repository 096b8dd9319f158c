from __future__ import annotations

import numpy as np
import pandas as pd

from analytics_lib.charts.words import describe_groups, describe_series


def test_a_series_is_told_with_its_gaps_and_what_was_left_out():
    frame = pd.DataFrame({"period": [0, 1, 2], "rate": [1.0, None, 0.25]})

    said = describe_series(frame, x="period", y="rate", value_format="percent", left_out=3)

    assert said == (
        "3 values from 0 to 2, 1 of them unknown; lowest 25.0 %, highest 100.0 %. 3 more groups are not drawn."
    )


def test_groups_without_a_value_are_said_to_have_none():
    assert describe_groups(["a"], np.array([np.nan]), value_format="number") == "1 groups without a known value."
