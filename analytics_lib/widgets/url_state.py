"""The page's choices in its address, both ways: a link shows what its sender saw, and Back goes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

_SCRIPT = """
const names = (model) => Object.keys(model.get("values"))
const read = (model) => {
  const query = new URLSearchParams(location.search)
  return Object.fromEntries(names(model).map((name) => [name, query.get(name) ?? ""]))
}
function initialize({model}) {
  let going_back = false
  const write = () => {
    const query = new URLSearchParams(location.search)
    query.delete("token")
    for (const [name, value] of Object.entries(model.get("values"))) {
      if (value === "") query.delete(name)
      else query.set(name, value)
    }
    const address = location.pathname + (query.size ? "?" + query : "")
    if (address === location.pathname + location.search) return
    if (going_back || !model.get("keep")) history.replaceState(null, "", address)
    else history.pushState(null, "", address)
    going_back = false
  }
  const back = () => {
    going_back = true
    model.set("wanted", {...read(model), _at: Date.now()})
    model.save_changes()
  }
  model.on("change:values", write)
  addEventListener("popstate", back)
  return () => { model.off("change:values", write); removeEventListener("popstate", back) }
}
export default {initialize, render() {}}
"""


class UrlState(anywidget.AnyWidget):
    """Mirrors a few texts to the query part of the page's address."""

    _esm = _SCRIPT
    values = traitlets.Dict().tag(sync=True)
    """What the address should say; empty texts are left out."""
    wanted = traitlets.Dict().tag(sync=True)
    """What the address says after the reader went back or forward."""
    keep = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether each change can be gone back from."""

    def write(self, values: Mapping[str, str]) -> None:
        """Put values into the address."""
        self.values = dict(values)

    def on_return(self, callback: Callable[[dict[str, str]], None]) -> None:
        """Call back with the values of the address when the reader goes back or forward."""

        def told(change: Any) -> None:
            callback({name: str(value) for name, value in change["new"].items() if not name.startswith("_")})

        self.observe(told, names="wanted")
