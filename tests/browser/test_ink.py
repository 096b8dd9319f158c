"""Text in a canvas has the ink of its page, wherever that is."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.charts.heatmaps import draw_heatmap

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("dashboards")]


@pytest.mark.parametrize(
    ("style", "ink"),
    [
        ("--text: #e2e8f0; --analytics-ink: var(--text); --jp-ui-font-color1: #ff0000", "#e2e8f0"),
        ("--jp-ui-font-color1: #00ff00", "#00ff00"),
        ("color: rgb(1, 2, 3)", "rgb(1, 2, 3)"),
    ],
)
def test_a_value_has_the_ink_of_the_page_unless_its_cell_is_strong(browser, style, ink):
    cells = pd.DataFrame({"x": ["a", "b"], "y": "c", "value": [0.1, 1.0]})
    chart = draw_heatmap(cells, x="x", y="y", value="value", title="T")
    text = next(one.glyph for one in chart.figure.renderers if type(one.glyph).__name__ == "Text")
    page = browser.new_page()
    page.set_content(f'<body style="{style}"></body>')

    inks = page.evaluate(
        "([code, xs]) => new Function('xs', code)(xs)", [text.text_color.transform.v_func, chart.source.data["ink"]]
    )

    page.close()
    assert inks == [ink, "#FFFFFF"]
