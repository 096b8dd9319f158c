"""What a reader sees when a callback fails: a sentence and a number, never a trace."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

from analytics_lib.widgets.incidents import is_for_readers, record_incident

Arguments = ParamSpec("Arguments")


def guard(tell: Callable[[str], None]) -> Callable[[Callable[Arguments, None]], Callable[Arguments, None]]:
    """Wrap a callback so that its failure is told through `tell` and kept for the operator.

    An error about what the reader asked for (a range that ends before it starts) is a sentence for the
    reader, so it is told as it is. Anything else gets an incident id.

    Examples
    --------
    >>> from analytics_lib.errors import ArgumentError
    >>> told = []
    >>> @guard(told.append)
    ... def update():
    ...     raise ArgumentError("the range ends before it starts", "Swap start and end.")
    >>> update()
    >>> told
    ['the range ends before it starts. Swap start and end.']
    """

    def wrap(callback: Callable[Arguments, None]) -> Callable[Arguments, None]:
        @functools.wraps(callback)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            try:
                callback(*args, **kwargs)
            except Exception as problem:
                if is_for_readers(type(problem).__name__):
                    tell(str(problem))
                    return
                tell(f"Could not update (ref {record_incident(problem, where=callback.__qualname__)}).")

        return guarded

    return wrap
