"""The numbers of a page as a table on a card, with all of them as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
from ipywidgets import HTML, HBox, VBox

from analytics_lib.widgets.download import DownloadButton, table_file
from analytics_lib.widgets.tables import table_html


class TableView(VBox):  # type: ignore[misc]
    """A table that scrolls on its card, and buttons for its files."""

    def __init__(self, frame: Callable[[], pd.DataFrame], name: str) -> None:
        """Take what gives all rows when a file is asked for, and the name of the file without its ending."""
        self.words = HTML()
        buttons = [
            DownloadButton(partial(_file, frame, f"{name}.{ending}"), label=words)
            for ending, words in (("csv", "Table as CSV"), ("parquet", "Table as Parquet"))
        ]
        actions = HBox(buttons)
        actions.add_class("analytics-actions")
        super().__init__([self.words, actions])
        self.add_class("analytics-card")
        self.add_class("analytics-table-card")

    def show(self, frame: Any, headings: Mapping[str, str]) -> None:
        """Show some columns of some rows."""
        table = table_html(frame, headings)
        look = 'class="analytics-numbers analytics-scroll" tabindex="0" role="region" aria-label="In numbers"'
        self.words.value = f'<div class="analytics-title">In numbers</div><div {look}>{table}</div>'


def _file(frame: Callable[[], pd.DataFrame], name: str) -> tuple[str, bytes]:
    return table_file(frame(), name)
