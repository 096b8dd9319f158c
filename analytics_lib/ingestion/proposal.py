"""A mapping file to begin with, for columns that no format recognises."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from analytics_lib import schema
from analytics_lib.ingestion.rows import spelled_columns

_HINTS: Final = {
    "event_name": ("event", "action", "activity", "verb", "operation", "what", "type", "kind", "name"),
    "event_time": ("timestamp", "time", "when", "date", "created", "at", "ts"),
    "user_id": ("user", "person", "customer", "client", "visitor", "member", "account", "uid", "who", "email"),
}
"""Words that tell what a column may be, the surest first."""


def proposed_mapping(columns: Collection[str]) -> str:
    """Give the text of a mapping for columns of these names: known spellings, else a guess, else a question.

    Examples
    --------
    >>> print(proposed_mapping(["Activity", "moment", "customer no"]))
    [columns]
    event = "Activity"
    event_time = "?"
    user_id = "customer no"
    """
    names = sorted(columns)
    chosen = {target: source for source, target in spelled_columns(names, set()).items() if target in _HINTS}
    for target, hints in _HINTS.items():
        free = [name for name in names if name not in chosen.values()]
        guess = _guess(free, hints) if target not in chosen else None
        if guess is not None:
            chosen[target] = guess
    lines = (f"{target.removesuffix('_name')} = {_quoted(chosen.get(target, '?'))}" for target in _HINTS)
    return "\n".join(("[columns]", *lines))


def _guess(names: list[str], hints: tuple[str, ...]) -> str | None:
    for hint in hints:
        for name in names:
            if hint in schema.snake(re.sub(r"[^0-9A-Za-z]+", "_", name)).split("_"):
                return name
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
