"""The one display object: a live widget where a kernel can show it, static forms always."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from analytics_lib.charts.model_view import model_view_class
from analytics_lib.charts.modes import display_mode
from analytics_lib.charts.styles import STYLE

_WIDGET = "application/vnd.jupyter.widget-view+json"


class Drawn(Protocol):
    """What can be displayed: a chart, which shows itself by means of this module and is not imported here."""

    @property
    def figure(self) -> Any:
        """The Bokeh model."""

    def caption_html(self) -> str:
        """Give title and legend."""

    def to_html(self, *, static: bool = False) -> str:
        """Draw it for a page."""


def display_bundle(chart: Drawn, *, html: str, text: str) -> dict[str, Any]:
    """Give the mime bundle of a result: live view, chart and number table as HTML, and plain text.

    Parameters
    ----------
    chart
        What to draw.
    html
        Number table and explanation.
    text
        The same for logs.

    Notes
    -----
    In a dashboard and in JupyterLab the first choice of the front end is the live view; what is kept
    in a file always holds the static forms, so no export is blank. In a report, in a notebook that is
    only executed and in a script there is no widget. No browser is started.
    """
    mode = display_mode()
    prepare_page()
    still = chart.to_html(static=mode in {"report", "executed"})
    result = f'<div class="analytics-result">{still}{_framed(html)}</div>'
    bundle: dict[str, Any] = {"text/html": result, "text/plain": text}
    if mode in {"dashboard", "notebook"}:
        bundle[_WIDGET] = _live_bundle(chart, html)
    return bundle


def _framed(html: str) -> str:
    return f'<div class="analytics-scroll">{html}</div>'


def _live_bundle(chart: Drawn, html: str) -> Any:
    from ipywidgets import HTML, VBox

    caption = HTML(f"{STYLE}{chart.caption_html()}")
    view = VBox([caption, model_view_class()(chart.figure), HTML(_framed(html))])
    view.add_class("analytics-result")
    return view._repr_mimebundle_()[_WIDGET]


def prepare_page() -> None:
    """Load BokehJS into a notebook, once per kernel; the pages of dashboards and reports have it already."""
    if display_mode() in {"notebook", "executed"}:
        _load_bokeh()


@cache
def _load_bokeh() -> None:
    from bokeh.io import output_notebook
    from bokeh.resources import INLINE

    output_notebook(INLINE, hide_banner=True)
