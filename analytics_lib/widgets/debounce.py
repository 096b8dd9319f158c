"""Wait until a reader's hand is still, then act once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Debounced:
    """A callback that runs once, a moment after the last of many calls.

    Without a running event loop (a script, a test) it runs at once.
    """

    def __init__(self, callback: Callable[[], None], *, seconds: float = 0.25) -> None:
        self.callback = callback
        """What is run."""
        self.seconds = seconds
        """How long it must be quiet."""
        self._due: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Ask for a run."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.callback()
            return
        if self._due is not None:
            self._due.cancel()
        self._due = loop.call_later(self.seconds, self.callback)
