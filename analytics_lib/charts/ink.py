"""Text inside a canvas in the ink of the page around it: dark on white, light on dark."""

from __future__ import annotations

from typing import Any, Final

from analytics_lib.charts.theme import INK_TAG

PAGE_INK: Final = "page"
"""Stands in a column of colours for the ink of the page."""

_INK: Final = """
const style = getComputedStyle(document.body)
const named = ["--analytics-ink", "--jp-ui-font-color1"].map((name) => style.getPropertyValue(name).trim())
const ink = named.find((one) => one) ?? style.color
"""


def in_page_ink(glyph: Any, column: str | None = None) -> None:
    """Let the text of a glyph follow the page: a dashboard, a report, JupyterLab, light or dark.

    Parameters
    ----------
    glyph
        Bokeh's text glyph.
    column
        Column with a colour for each text, :data:`PAGE_INK` among them; None = all texts have the page's ink.
    """
    from bokeh.core.properties import field, value
    from bokeh.models import CustomJSTransform

    ink = CustomJSTransform(
        func=f'{_INK} return x == "{PAGE_INK}" ? ink : x',
        v_func=f'{_INK} return Array.from(xs, (one) => one == "{PAGE_INK}" ? ink : one)',
    )
    glyph.text_color = value(PAGE_INK, ink) if column is None else field(column, ink)
    glyph.tags = [INK_TAG]
