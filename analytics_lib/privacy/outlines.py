"""What is kept of a line that nothing could read: its outline, so that nobody is named and the fault can be seen."""

from __future__ import annotations

import re
from typing import Final

from analytics_lib import schema

MOST_CHARACTERS: Final = 2000
"""Longest outline; the fault of a longer line is found at its place in the file."""

_WORD: Final = re.compile(r"[^\s!-/:-@\[-^`{-~]+")
_KNOWN: Final = frozenset(column.name for column in schema.COLUMNS)


def outline(text: str) -> str:
    """Give a line with every letter as ``a`` and every digit as ``0``; punctuation and our column names stay.

    Which word of a line that can't be read is a name, nobody can tell: patterns find addresses and
    numbers of known shapes, never ``ann``. So no word stays that came from outside.

    Examples
    --------
    >>> outline('{"user_id": "ann.lee@example.org", "event": "page_vi')
    '{"user_id": "aaa.aaa@aaaaaaa.aaa", "event": "aaaa_aa'
    >>> outline("ann;4711;2024-05-13")
    'aaa;0000;0000-00-00'
    """
    cut = text[:MOST_CHARACTERS]
    return _WORD.sub(lambda found: found[0] if found[0] in _KNOWN else _masked(found[0]), cut)


def _masked(word: str) -> str:
    return "".join("_" if one == "_" else "0" if one.isdigit() else "a" for one in word)
