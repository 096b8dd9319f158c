"""The widget that shows a Bokeh model live, with the faults of the stock one corrected."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def model_view_class() -> Any:
    """Give the corrected widget class; ``jupyter_bokeh`` is imported at the first call.

    The stock class applies the browser's echo of data that the kernel has just sent (a stream of 13
    points becomes 26) and runs each Python callback of a browser event twice. Here the kernel owns
    the data, and a change made in the browser runs its callbacks once. It leans on private parts, so
    ``jupyter_bokeh`` is pinned exactly and a browser test counts points and callbacks.
    """
    from bokeh.core.serialization import Deserializer, Serialized
    from jupyter_bokeh import BokehModel

    class ModelView(BokehModel):  # type: ignore[misc]
        """A Bokeh model in a live page."""

        def __repr__(self) -> str:
            return f"ModelView({self._model!r})"  # the stock one writes the whole document, data and all

        def close(self) -> None:
            """Leave the page; a second time does nothing."""
            if self.comm is not None:
                super().close()

        def _sync_model(self, _model: Any, content: dict[str, Any], buffers: list[Any]) -> None:
            if is_echo(content):
                return
            if content.get("kind") != "ModelChanged":
                super()._sync_model(_model, content, buffers)
                return
            change = {key: value for key, value in content.items() if key != "event"}
            reader = Deserializer(list(self._document.models), setter=self)
            event = reader.deserialize(Serialized(content=change, buffers=[]))
            model, attribute = event["model"], event["attr"]
            descriptor = model.lookup(attribute)
            new = descriptor.property.prepare_value(model, descriptor.name, event["new"])
            descriptor._set(model, descriptor._get(model), new, setter=self)  # runs the callbacks, once

    return ModelView


def is_echo(content: dict[str, Any]) -> bool:
    """Tell whether a browser message only repeats data that the kernel sent.

    Examples
    --------
    >>> is_echo({"kind": "ModelChanged", "attr": "data"}), is_echo({"kind": "ModelChanged", "attr": "indices"})
    (True, False)
    """
    return content.get("kind") in {"ColumnsStreamed", "ColumnsPatched"} or content.get("attr") == "data"
