"""The people behind a number: how many, the first of them, and all as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, Final

import pyarrow as pa
from ipywidgets import HTML, Button, HBox, Text, VBox

from analytics_lib.widgets.download import DownloadButton, table_file
from analytics_lib.widgets.guard import guard

SHOWN = 24
"""People a page lists; the file has all."""
_FILES: Final = (("csv", "CSV"), ("parquet", "Parquet"))


@dataclass(frozen=True, slots=True)
class People:
    """Some people and the words for who they are."""

    title: str
    """Who they are, such as ``active on 2024-06-03``."""
    table: Any
    """Arrow table with ``user_id``."""
    file_name: str = "people"
    """Name of the file a reader gets, without its ending."""
    definition: str = ""
    """What makes somebody one of them, kept with a saved cohort."""
    rule: Any = None
    """A cohort with its condition, which is saved in the list's stead; None = the list is all there is."""

    def __len__(self) -> int:
        """How many they are."""
        return int(self.table.num_rows)

    @property
    def ids(self) -> list[str]:
        """Their pseudonyms."""
        return [str(name) for name in self.table["user_id"].to_pylist()]


class PeopleList(VBox):  # type: ignore[misc]
    """A card with people, page by page; empty until somebody asks."""

    def __init__(
        self, *, hint: str, on_clear: Callable[[], None], save: Callable[[People, str], str] | None = None
    ) -> None:
        """Make the card.

        Parameters
        ----------
        hint
            How to ask for people.
        on_clear
            What to do when the reader is done.
        save
            Keeps people as a cohort of a name and says so; without it there is no button.
        """
        self.people: People | None = None
        self._hint, self._save, self._page = hint, save, 0
        self.words, self.told = HTML(), HTML()
        files = [DownloadButton(partial(self._file, ending), label=f"People as {words}") for ending, words in _FILES]
        self._clear = Button(description="Clear selection")
        self._clear.on_click(lambda _button: on_clear())
        self.back, self.on = (Button(description=words) for words in ("Previous", "Next"))
        self.back.on_click(lambda _button: self._turn(-1))
        self.on.on_click(lambda _button: self._turn(1))
        self.name = Text(placeholder="name of a cohort", description="Save as")
        self.keep = Button(description="Save cohort")
        self.keep.on_click(lambda _button: self._kept())
        self._pages = _row([self.back, self.on])
        saving = [] if save is None else [self.name, self.keep]
        self._actions = _row([*files, self._clear, *saving])
        super().__init__([self.words])
        self.add_class("analytics-card")
        self.add_class("analytics-people")
        self.show(None)

    def show(self, people: People | None) -> None:
        """Show some people, or how to ask for them."""
        self.people, self._page = people, 0
        self.told.value = ""
        if people is None:
            self.words.value = f"<h3>People</h3><span>{escape(self._hint)}</span>"
            self.children = (self.words,)
            return
        pages = (self._pages,) if len(people) > SHOWN else ()
        self.children = (self.words, *pages, self._actions, self.told)
        self._turn(0)

    def _turn(self, pages: int) -> None:
        if self.people is None:
            return
        last = max(len(self.people) - 1, 0) // SHOWN
        self._page = min(max(self._page + pages, 0), last)
        self.words.value = people_html(self.people, self._page)
        self.back.disabled, self.on.disabled = self._page == 0, self._page == last

    def _kept(self) -> None:
        if self.people is None or self._save is None:
            return
        keep = partial(self._save, self.people, self.name.value.strip())
        guard(self._tell)(lambda: self._tell(keep()))()

    def _tell(self, words: str) -> None:
        self.told.value = f'<div role="status">{escape(words)}</div>'

    def _file(self, ending: str) -> tuple[str, bytes]:
        people = self.people or People("", pa.table({"user_id": pa.array([], pa.string())}))
        frame = people.table.select(["user_id"]).to_pandas()
        return table_file(frame, f"{people.file_name}.{ending}")


def people_html(people: People, page: int = 0) -> str:
    """Give title and one page of the people as HTML, and where that page lies."""
    first, last = page * SHOWN, min((page + 1) * SHOWN, len(people))
    ids = people.table["user_id"].slice(first, SHOWN).to_pylist()
    listed = "".join(f"<li>{escape(str(name))}</li>" for name in ids)
    where = f"<span>{first + 1:,} to {last:,} of {len(people):,}</span>" if len(people) > SHOWN else ""
    heading = f"{len(people):,} {'person' if len(people) == 1 else 'people'} {escape(people.title)}"
    return f'<h3>{heading}</h3><ol start="{first + 1}">{listed}</ol>{where}'


def _row(children: Sequence[Any]) -> HBox:
    row = HBox(children)
    row.add_class("analytics-actions")
    return row
