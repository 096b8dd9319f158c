from __future__ import annotations

import pandas as pd

from analytics_lib.charts.funnels import draw_funnel
from analytics_lib.charts.sankey import draw_sankey
from analytics_lib.charts.theme import INK_TAG


def texts_of(chart):
    return [one.glyph for one in chart.figure.renderers if type(one.glyph).__name__ == "Text"]


def test_every_name_inside_a_canvas_has_the_ink_of_its_page():
    ways = pd.DataFrame({"step": [1], "source": ["a"], "target": ["b"], "users": [3]})
    steps = pd.DataFrame({"step": [1, 2], "event": ["a", "b"], "users": [3, 2], "overall_rate": [1, 0.6]})

    for chart in (draw_sankey(ways, value="users", title="W"), draw_funnel(steps, title="F")):
        for glyph in texts_of(chart):
            assert glyph.tags == [INK_TAG]
            assert glyph.text_color.value == "page"
            assert "--analytics-ink" in glyph.text_color.transform.func
