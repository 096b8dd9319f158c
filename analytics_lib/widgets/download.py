"""A button that gives the reader a file, made when it is asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import anywidget
import pandas as pd
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
    link.href = URL.createObjectURL(new Blob([buffers[0]], {type: message.type}))
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

_KINDS: Final = {"csv": "text/csv;charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class DownloadButton(anywidget.AnyWidget):
    """Gives a file when it is pressed; nothing is made before, nothing is kept on the server."""

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
            kind = _KINDS.get(name.rpartition(".")[2], "application/octet-stream")
            self.send({"name": name, "type": kind}, buffers=[data])


def table_file(frame: pd.DataFrame, name: str) -> tuple[str, bytes]:
    r"""Give a frame as a file, CSV or Parquet by the ending of its name.

    Times are written in UTC (ISO 8601); an unknown value is an empty cell of a CSV file.

    Examples
    --------
    >>> table_file(pd.DataFrame({"step": [1], "users": [12]}), "funnel.csv")
    ('funnel.csv', b'step,users\r\n1,12\r\n')
    """
    if name.endswith(".parquet"):
        data = io.BytesIO()
        frame.to_parquet(data, index=False)
        return name, data.getvalue()
    plain = frame.astype(object).where(frame.notna(), "")
    return name, csv_bytes([str(column) for column in frame.columns], plain.itertuples(index=False))


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
