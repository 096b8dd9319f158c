from __future__ import annotations

import pandas as pd

from analytics_lib.widgets.tables import table_html


def test_numbers_are_written_as_everywhere_and_rows_are_named():
    frame = pd.DataFrame({"event": ["<view>"], "overall_rate": [0.25], "median_seconds": [None], "other": [1]})

    html = table_html(frame, {"event": "step", "overall_rate": "of all", "median_seconds": "median time"})

    assert '<th scope="row">&lt;view&gt;</th>' in html
    assert "<td>25.0 %</td><td>–</td>" in html
    assert "other" not in html
