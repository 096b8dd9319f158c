"""The flagged points of a page as a table that people answer: was it something, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final

from ipywidgets import HTML, Button, HBox, Text, VBox

from analytics_lib.display import format_moment, format_number
from analytics_lib.state.anomaly_history import AnomalyRecord
from analytics_lib.widgets.download import DownloadButton

SHOWN: Final = 10
"""Anomalies with buttons on a page; the file has all."""
_ANSWERS: Final = {"Confirm": "confirmed", "Dismiss": "dismissed"}

Review = Callable[[AnomalyRecord, str], None]
"""What is done when somebody answers: the anomaly and its new status."""


class AnomalyReviews(VBox):  # type: ignore[misc]
    """A card with the flagged points, newest first, each with its review or the buttons to give one."""

    children: Any

    def __init__(self, *, reader: str, on_review: Review, make_file: Callable[[], tuple[str, bytes]]) -> None:
        """Say who answers, what is done then, and what the file holds."""
        self.words = HTML()
        self.name = Text(value=reader, description="Your name", placeholder="who reviews")
        self.note = Text(description="Note", placeholder="why, in words")
        self.download = DownloadButton(make_file)
        self.rows: list[HBox] = []
        self._on_review = on_review
        self._fields = HBox([self.name, self.note])
        self._fields.add_class("analytics-controls")
        self._actions = HBox([self.download])
        self._actions.add_class("analytics-actions")
        super().__init__([self.words])
        self.add_class("analytics-card")
        self.add_class("analytics-people")

    def show(self, found: Sequence[AnomalyRecord], times: Mapping[str, str]) -> None:
        """Show anomalies as the history knows them.

        Parameters
        ----------
        found
            The newest first.
        times
            Their times as the page writes them, by ``anomaly_id``.
        """
        more = f" The newest {SHOWN} are shown, the file has all." if len(found) > SHOWN else ""
        none = "" if found else " Nothing in this range leaves its expected band."
        self.words.value = f"<h3>{len(found):,} {'anomaly' if len(found) == 1 else 'anomalies'}</h3>{none}{more}"
        self.rows = [self._row(one, times.get(one.anomaly_id, format_moment(one.time))) for one in found[:SHOWN]]
        old, self.children = self.children, (self.words, *([self._fields] if found else []), *self.rows, self._actions)
        for part in old:
            if part not in self.children:
                part.close()

    def _row(self, one: AnomalyRecord, when: str) -> HBox:
        said = HTML(review_html(one, when))
        buttons = [self._button(one, label, status) for label, status in _ANSWERS.items() if one.status != status]
        row = HBox([said, HBox(buttons)])
        row.add_class("analytics-review")
        row.children[1].add_class("analytics-actions")
        return row

    def _button(self, one: AnomalyRecord, label: str, status: str) -> Button:
        button = Button(description=label, tooltip=f"{label} the anomaly of {format_moment(one.time)}")
        button.on_click(lambda _button: self._on_review(one, status))
        return button


def review_html(one: AnomalyRecord, when: str) -> str:
    """Give one anomaly in words: what, how far out, why, and what somebody made of it."""
    expected = "" if one.expected is None else f", expected {format_number(one.expected)}"
    by = f" by {escape(one.reviewed_by)}" if one.reviewed_by and one.status != "new" else ""
    note = f": {escape(one.note)}" if one.note else ""
    return (
        f'<strong>{escape(when)}</strong> <span class="analytics-severity {escape(one.severity)}">'
        f"{escape(one.severity)}</span> {format_number(one.value)}{expected}. {escape(one.reason)}"
        f'<br><span class="analytics-status">{escape(one.status)}{by}{note}</span>'
    )
