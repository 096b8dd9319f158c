"""A button that gives the reader a file, made when it is asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import anywidget
import traitlets

_SCRIPT = """
function render({model, el}) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "analytics-button"
  const name = () => { button.textContent = model.get("label") }
  name()
  model.on("change:label", name)
  button.addEventListener("click", () => model.send({wanted: true}))
  const give = (message, buffers) => {
    if (!message.name) return
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([buffers[0]], {type: "text/csv;charset=utf-8"}))
    link.download = message.name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
  }
  model.on("msg:custom", give)
  el.append(button)
  return () => { model.off("msg:custom", give); model.off("change:label", name) }
}
export default {render}
"""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class DownloadButton(anywidget.AnyWidget):
    """Gives a CSV file when it is pressed; nothing is made before, nothing is kept on the server."""

    _esm = _SCRIPT
    label = traitlets.Unicode("Download CSV").tag(sync=True)
    """Words on the button."""

    def __init__(self, make: Callable[[], tuple[str, bytes]], **traits: Any) -> None:
        """Take what makes the file: its name and content."""
        super().__init__(**traits)
        self._make = make
        self.on_msg(self._asked)

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("wanted"):
            name, data = self._make()
            self.send({"name": name}, buffers=[data])


def csv_bytes(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    r"""Write rows as CSV (UTF-8); text that a spreadsheet would run as a formula is made text again.

    Examples
    --------
    >>> csv_bytes(["user_id"], [["=1+1"], ["ada"]])
    b"user_id\r\n'=1+1\r\nada\r\n"
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
