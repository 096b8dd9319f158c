"""One drawn figure and its forms: live in a kernel, HTML for any page that loads BokehJS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chart:
    """A Bokeh figure with the words a reader needs when the picture is not there."""

    figure: Any
    """The Bokeh model; draw functions make it, nothing else changes it."""
    title: str
    """What the picture shows; also its accessible name."""

    def to_html(self) -> str:
        """Give the figure as an HTML fragment; the page must load BokehJS of the same version."""
        from bokeh.embed import components

        script, division = components(self.figure, wrap_script=True)
        return f'<figure class="analytics-chart" aria-label="{self.title}">{division}{script}</figure>'
