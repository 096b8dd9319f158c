"""One look for every chart: colours that all eyes can tell apart, on white paper and on a dark page.

Each series colour keeps a contrast of at least 3:1 against both backgrounds (WCAG 2.2, 1.4.11) and
stays distinguishable from the others under protanopia, deuteranopia and tritanopia; later series
differ in their dash as well. So a change between light and dark never has to touch the data: only
text, axes and grid are recoloured, by CSS variables that BokehJS reads (see :mod:`.styles`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

PRIMARY: Final = "#0D55F2"
GOOD: Final = "#29A385"
SECONDARY: Final = "#9770DB"
ACCENT: Final = "#C2850A"
BAD: Final = "#C91D39"
NEUTRAL: Final = "#6B7280"

SERIES: Final = (PRIMARY, ACCENT, GOOD, SECONDARY, BAD, NEUTRAL)
"""Colours of the first, second … series of a chart."""

LIGHT_PAGE: Final = "#FFFFFF"
DARK_PAGE: Final = "#111827"
LIGHT_INK: Final = "#4B5563"
"""Axis text on white; dark pages override it through CSS."""
DARK_INK: Final = "#CBD5E1"
GRID: Final = "#E5E7EB"
FONT: Final = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

INK_TAG: Final = "analytics-ink"
"""Marks glyphs whose text follows the page between light and dark ink."""

HEIGHT: Final = 280
"""Pixels of a chart when nothing else is asked for."""

_DASHES: Final = ("solid", "solid", "solid", "solid", "solid", "solid", "dashed", "dotted", "dotdash")

MOST_SERIES: Final = len(_DASHES)
"""Series one chart can draw so that they can still be told apart."""


@dataclass(frozen=True, slots=True)
class SeriesStyle:
    """How one series is drawn."""

    colour: str
    """Hexadecimal colour."""
    dash: str
    """Bokeh's name of the line dash."""


def series_style(index: int) -> SeriesStyle:
    """Give the look of the series with this number, counted from 0.

    Examples
    --------
    >>> series_style(0).colour == PRIMARY, series_style(7).dash
    (True, 'dotted')
    """
    return SeriesStyle(SERIES[index % len(SERIES)], _DASHES[index % len(_DASHES)])


def new_figure(
    *,
    title: str,
    x_label: str,
    y_label: str,
    height: int = HEIGHT,
    tools: str = "",
    **options: Any,
) -> Any:
    """Give an empty Bokeh figure in the house style: no frame, quiet grid, as wide as its container.

    Parameters
    ----------
    title
        The chart's title; it is shown as text outside the canvas and is the canvas' accessible name.
    x_label, y_label
        Axis labels with their unit.
    height
        Pixels.
    tools
        Bokeh tool names; the tool bar shows only while the pointer is over the chart.
    **options
        Handed to ``bokeh.plotting.figure``, such as ``x_axis_type`` or ``x_range``.
    """
    from bokeh.plotting import figure

    drawn: Any = figure(
        title=title, height=height, sizing_mode="stretch_width", min_width=240, tools=tools, name=title,
        x_axis_label=x_label, y_axis_label=y_label, background_fill_color=None, border_fill_color=None,
        outline_line_color=None, min_border_left=8, min_border_right=12, **options,
    )  # fmt: skip
    drawn.toolbar.logo = None
    drawn.toolbar_inner = True  # else the canvas keeps a strip free for a bar that is rarely there
    drawn.toolbar.autohide = True
    drawn.toolbar.active_drag = None  # a finger that scrolls the page must not zoom
    drawn.title.visible = False  # the title is text beside the canvas: it wraps, is read aloud, can be searched
    _style_axes(drawn)
    return drawn


def _style_axes(drawn: Any) -> None:
    from bokeh.models import NoOverlap

    for axis in drawn.axis:
        axis.axis_line_color = None
        axis.major_tick_line_color = None
        axis.minor_tick_line_color = None
        axis.major_label_text_color = LIGHT_INK
        axis.axis_label_text_color = LIGHT_INK
        axis.major_label_text_font = axis.axis_label_text_font = FONT
        axis.major_label_text_font_size = axis.axis_label_text_font_size = "12px"
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_standoff = 8
        axis.major_label_policy = NoOverlap()
    drawn.xgrid.visible = False
    drawn.ygrid.grid_line_color = GRID


def empty_figure(*, title: str, reason: str) -> Any:
    """Give the picture of no data: the title and why there is nothing to see."""
    from bokeh.models import Range1d
    from bokeh.models.annotations import Label

    drawn = new_figure(
        title=title,
        x_label="",
        y_label="",
        height=160,
        x_range=Range1d(start=0, end=1),
        y_range=Range1d(start=0, end=1),
    )
    drawn.axis.visible = False
    drawn.grid.visible = False
    drawn.add_layout(
        Label(
            x=0.5,
            y=0.5,
            text=reason,
            text_align="center",
            text_baseline="middle",
            text_color=LIGHT_INK,
            text_font=FONT,
            text_font_size="13px",
        )
    )
    return drawn
