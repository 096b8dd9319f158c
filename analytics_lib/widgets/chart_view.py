"""A live chart in a dashboard: it can be given another one, and says what a reader picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

from ipywidgets import HTML, VBox

from analytics_lib.charts.chart import Chart
from analytics_lib.charts.live import prepare_page
from analytics_lib.charts.model_view import model_view_class
from analytics_lib.charts.patching import patch, sources_of


class ChartView(VBox):  # type: ignore[misc]
    """Title, legend and a live canvas on a card."""

    children: Any

    def __init__(self, chart: Chart) -> None:
        prepare_page()
        self.chart = chart
        """What is shown; its figure stays the same as long as the parts do."""
        self.caption = HTML()
        self._callback: Callable[[list[int]], None] | None = None
        self._tapped: Callable[[Mapping[str, Any] | None], None] | None = None
        self._silent = False
        super().__init__()
        self.add_class("analytics-chart")
        self.add_class("analytics-card")
        self._replace(chart)

    def show(self, chart: Chart) -> None:
        """Draw another chart in the same place; where it has the same parts, only their data are sent."""
        if self._quietly(lambda: patch(self.chart, chart)):
            self.chart = replace(chart, figure=self.chart.figure, source=self.chart.source)
            self._describe()
        else:
            self._replace(chart)

    def on_pick(self, callback: Callable[[list[int]], None]) -> None:
        """Call back with the indices of the rows a reader selects, once per selection."""
        self._callback = callback
        self._listen()

    def on_tap(self, callback: Callable[[Mapping[str, Any] | None], None]) -> None:
        """Call back with what a reader tapped on: a row of any named source of the chart; None = beside it."""
        self._tapped = callback
        self._listen()

    def clear(self) -> None:
        """Select nothing, without calling back."""
        for source in sources_of(self.chart.figure).values():
            if source.selected.indices:
                self._quietly(partial(setattr, source.selected, "indices", []))

    def pick(self, indices: list[int]) -> None:
        """Select rows for the reader, without calling back."""
        if self.chart.source is not None:
            self._quietly(lambda: setattr(self.chart.source.selected, "indices", indices))

    def _quietly(self, change: Callable[[], Any]) -> Any:
        self._silent = True
        try:
            return change()
        finally:
            self._silent = False

    def _replace(self, chart: Chart) -> None:
        old = self.children[1:]
        self.chart = chart
        self._describe()
        canvas = model_view_class()(chart.figure)
        canvas.layout.width = "100%"
        canvas.add_class("analytics-scroll")  # a heat map with many columns is wider than a phone
        self.children = (self.caption, canvas)
        for one in old:
            one.close()
        self._listen()

    def _describe(self) -> None:
        words = f'<span class="analytics-hidden">{escape(self.chart.description)}</span>'
        self.caption.value = f'<div role="group" aria-label="{escape(self.chart.title)}">{self._caption()}{words}</div>'

    def _caption(self) -> str:
        return self.chart.caption_html()

    def _listen(self) -> None:
        if self._callback is not None and self.chart.source is not None:
            self.chart.source.selected.on_change("indices", self._picked)
        if self._tapped is not None:
            for source in sources_of(self.chart.figure).values():
                source.selected.on_change("indices", partial(self._tap, source))

    def _tap(self, source: Any, _attribute: str, _old: list[int], new: list[int]) -> None:
        if self._tapped is None or self._silent:
            return
        for other in sources_of(self.chart.figure).values():
            if new and other is not source and other.selected.indices:
                self._quietly(partial(setattr, other.selected, "indices", []))
        self._tapped({name: column[new[0]] for name, column in source.data.items()} if new else None)

    def _picked(self, _attribute: str, _old: list[int], new: list[int]) -> None:
        if self._callback is not None and not self._silent:
            self._callback(list(new))
