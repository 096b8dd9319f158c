"""One drawn figure and its forms: live in a kernel, HTML for any page that loads BokehJS."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Final

from analytics_lib.charts.styles import STYLE
from analytics_lib.charts.theme import HEIGHT, empty_figure

NO_DATA: Final = "No data in this range"
"""What an empty chart says unless it knows better."""

NO_VALUES: Final = "Every number is unknown or hidden"
"""What a chart says that has rows and nothing to draw in them."""

REPORT_HEIGHT: Final = 230
"""Pixels of a figure in a report when nothing else was asked for: a page holds two with their numbers."""

REPORT_WIDTH: Final = 660
"""Most pixels a figure takes in a report: what A4 with 20 mm margins can hold."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One series and how it looks."""

    name: str
    """What the reader calls it."""
    colour: str
    """Hexadecimal colour."""
    dash: str = "solid"
    """Bokeh's name of the line dash."""

    def to_html(self) -> str:
        """Give swatch and name."""
        line = {"solid": "solid", "dotted": "dotted"}.get(self.dash, "dashed")
        swatch = f'<i class="analytics-swatch" style="border-top:3px {line} {self.colour}" aria-hidden="true"></i>'
        return f"<li>{swatch}{escape(self.name)}</li>"


@dataclass(frozen=True, slots=True)
class Chart:
    """A Bokeh figure with the words a reader needs when the picture is not there."""

    figure: Any
    """The Bokeh model; draw functions make it, nothing else changes it."""
    title: str
    """What the picture shows; also its accessible name."""
    description: str = ""
    """The picture in a sentence, for those who can't see it."""
    legend: tuple[LegendEntry, ...] = ()
    """The series and their looks; empty when there is only one."""
    source: Any = None
    """The Bokeh data source whose selected rows are what a reader picked; None where picking means nothing."""

    def caption_html(self) -> str:
        """Give title and legend as HTML: text that wraps, is read aloud and can be searched."""
        entries = "".join(entry.to_html() for entry in self.legend)
        listed = f'<ul class="analytics-legend">{entries}</ul>' if entries else ""
        return f'<div class="analytics-title">{escape(self.title)}</div>{listed}'

    def to_html(self, *, static: bool = False) -> str:
        """Give the figure as an HTML fragment; the page must load BokehJS of the same version.

        Parameters
        ----------
        static
            For paper: vector drawing, no tool bar, no wider than a printed page. The figure itself
            is changed, so a static chart can't become a live one again.
        """
        from bokeh.embed import components

        if static:
            self._make_static()
        script, division = components(self.figure, wrap_script=True)
        label = escape(f"{self.title}. {self.description}".strip(), quote=True)
        return (
            f'<figure class="analytics-chart" aria-label="{label}">{STYLE}'
            f"<figcaption>{self.caption_html()}</figcaption>{division}{script}</figure>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Draw the chart where a cell ends with it."""
        from analytics_lib.charts.live import display_bundle

        del include, exclude
        return display_bundle(self, html="", text=f"{self.title}. {self.description}".strip())

    def _make_static(self) -> None:
        from bokeh.models import Plot, Toolbar

        for plot in self.figure.select({"type": Plot}):
            plot.output_backend = "svg"
            plot.height = REPORT_HEIGHT if plot.height == HEIGHT else plot.height  # one that was asked for is kept
            plot.toolbar_location = None
        for bar in self.figure.select({"type": Toolbar}):
            bar.active_scroll = None
        self.figure.max_width = REPORT_WIDTH


def empty_chart(title: str, reason: str = NO_DATA) -> Chart:
    """Give the chart of no data: it says why there is nothing to see.

    Examples
    --------
    >>> empty_chart("Users per day").description
    'No data in this range.'
    """
    return Chart(empty_figure(title=title, reason=reason), title, f"{reason}.")


def nothing_to_draw(title: str, rows: Any) -> Chart:
    """Give the chart of a frame without values: no rows is another answer than rows that say nothing."""
    return empty_chart(title, NO_VALUES if len(rows) else NO_DATA)
