"""The people behind a number: how many, the first of them, and all as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from ipywidgets import HTML, Button, HBox, VBox

from analytics_lib.widgets.download import DownloadButton, csv_bytes

SHOWN = 24
"""People a page lists; the file has all."""


@dataclass(frozen=True, slots=True)
class People:
    """Some people and the words for who they are."""

    title: str
    """Who they are, such as ``active on 2024-06-03``."""
    table: Any
    """Arrow table with ``user_id``."""
    file_name: str = "people.csv"
    """Name of the file a reader gets."""

    @property
    def ids(self) -> list[str]:
        """Their pseudonyms."""
        return [str(name) for name in self.table["user_id"].to_pylist()]


class PeopleList(VBox):  # type: ignore[misc]
    """A card with people; empty until somebody asks."""

    def __init__(self, *, hint: str, on_clear: Callable[[], None]) -> None:
        """Say how to ask, and what to do when the reader is done."""
        self.people: People | None = None
        self._hint = hint
        self.words = HTML()
        self.download = DownloadButton(self._file)
        self._clear = Button(description="Clear selection")
        self._clear.on_click(lambda _button: on_clear())
        self._actions = HBox([self.download, self._clear])
        self._actions.add_class("analytics-actions")
        super().__init__([self.words])
        self.add_class("analytics-card")
        self.add_class("analytics-people")
        self.show(None)

    def show(self, people: People | None) -> None:
        """Show some people, or how to ask for them."""
        self.people = people
        self.words.value = (
            f"<h3>People</h3><span>{escape(self._hint)}</span>" if people is None else people_html(people)
        )
        self.children = (self.words,) if people is None else (self.words, self._actions)

    def _file(self) -> tuple[str, bytes]:
        if self.people is None:
            return "people.csv", csv_bytes(["user_id"], [])
        return self.people.file_name, csv_bytes(["user_id"], [[name] for name in self.people.ids])


def people_html(people: People) -> str:
    """Give title and the first people as HTML, and how many more there are."""
    ids = people.ids
    listed = "".join(f"<li>{escape(name)}</li>" for name in ids[:SHOWN])
    more = f"<span>and {len(ids) - SHOWN:,} more, all of them in the file.</span>" if len(ids) > SHOWN else ""
    heading = f"{len(ids):,} {'person' if len(ids) == 1 else 'people'} {escape(people.title)}"
    return f"<h3>{heading}</h3><ol>{listed}</ol>{more}"
