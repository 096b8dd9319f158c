from __future__ import annotations

import pandas as pd

from analytics_lib.widgets.tables import table_html


def test_numbers_are_written_as_everywhere_and_rows_are_named():
    frame = pd.DataFrame({"event": ["<view>"], "overall_rate": [0.25], "median_seconds": [None], "other": [1]})

    html = table_html(frame, {"event": "step", "overall_rate": "of all", "median_seconds": "median time"})

    assert '<th scope="row">&lt;view&gt;</th>' in html
    assert "<td>25.0 %</td><td>–</td>" in html
    assert "other" not in html


def test_the_numbers_of_a_column_have_the_same_digits_also_where_they_name_the_row():
    frame = pd.DataFrame({"second": [0.0, 4.75], "score": [0, 0.1699]})

    html = table_html(frame, {"second": "second", "score": "score"})

    assert '<th scope="row">0.00</th><td>0.0000</td>' in html
    assert '<th scope="row">4.75</th><td>0.1699</td>' in html
