"""An editor for a list of names: pick from a list, move up and down, take out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import traitlets
from ipywidgets import HTML, Box, Button, Dropdown, HBox, VBox

MOST: Final = 20
"""Names one list may have; a funnel has no more steps."""


class Picks(VBox):  # type: ignore[misc]
    """Some of a list of options; where the order counts, each has a row with buttons to move it."""

    children: Any
    value = traitlets.List(traitlets.Unicode())
    """The picked names."""
    options: Any = traitlets.List()
    """Words and value of each entry."""

    def __init__(self, label: str, *, ordered: bool = False) -> None:
        """Make the editor.

        Parameters
        ----------
        label
            What the names are; ``Step`` is written with its number.
        ordered
            Whether the order counts, and a name may occur twice.
        """
        self._label, self._ordered = label, ordered
        super().__init__()
        self.add_class("analytics-picks")
        self.add_class("analytics-wide")
        self.observe(self._draw, names=["value", "options"])
        self._draw()

    def _draw(self, _change: Any = None) -> None:
        old = self.children
        rows = [self._row(place, name) for place, name in enumerate(self.value)] if self._ordered else []
        chips = [] if self._ordered else [self._chip(name) for name in self.value]
        last = HBox([*self._adder(), *chips])
        last.add_class("analytics-pick")
        self.children = (*rows, last)
        for one in old:
            close(one)

    def _row(self, place: int, name: str) -> Box:
        words = f"{self._label} {place + 1}"
        choice = Dropdown(options=self._entries(name), value=name, description=words)
        choice.observe(lambda change: self._change(place, change["new"]), names="value")
        up = self._button("↑", f"Move {words.lower()} up", lambda: self._swap(place, place - 1), off=place == 0)
        last = len(self.value) - 1
        down = self._button("↓", f"Move {words.lower()} down", lambda: self._swap(place, place + 1), off=place == last)
        away = self._button("×", f"Take {words.lower()} out", lambda: self._take_out(place), off=len(self.value) < 3)
        row = HBox([choice, up, down, away])
        row.add_class("analytics-pick")
        return row

    def _chip(self, name: str) -> Button:
        return self._button(f"{name} ×", f"Take {name} out", lambda: self._take_out(self.value.index(name)))

    def _adder(self) -> list[Any]:
        left = [entry for entry in self.options if self._ordered or entry[1] not in self.value]
        words = f"Add {self._label.lower()}" if self._ordered else self._label
        if len(self.value) >= MOST or not left:
            return [HTML(f"<span>{words}: no more to add</span>")]
        adder = Dropdown(options=[("choose …", ""), *left], value="", description=words)
        adder.observe(lambda change: self._set([*self.value, change["new"]]), names="value")
        return [adder]

    def _entries(self, name: str) -> list[tuple[str, str]]:
        known = {value for _, value in self.options}
        return [*([] if name in known else [(name, name)]), *self.options]

    def _button(self, sign: str, words: str, act: Callable[[], None], *, off: bool = False) -> Button:
        button = Button(description=sign, tooltip=words, disabled=off)
        button.on_click(lambda _button: act())
        return button

    def _change(self, place: int, name: str) -> None:
        self._set([name if number == place else one for number, one in enumerate(self.value)])

    def _swap(self, place: int, other: int) -> None:
        names = list(self.value)
        names[place], names[other] = names[other], names[place]
        self._set(names)

    def _take_out(self, place: int) -> None:
        self._set([one for number, one in enumerate(self.value) if number != place])

    def _set(self, names: list[str]) -> None:
        self.value = names


def close(widget: Any) -> None:
    """End a widget and what it holds: their models would stay in the page for ever."""
    for one in getattr(widget, "children", ()):
        close(one)
    for one in (widget, widget.layout, getattr(widget, "style", None)):
        if one is not None:
            one.close()
