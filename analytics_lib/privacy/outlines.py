"""What is kept of a line that nothing could read: its outline, so that nobody is named and the fault can be seen."""

from __future__ import annotations

import re
from typing import Final

from analytics_lib import schema

MOST_CHARACTERS: Final = 2000
"""Longest outline; the fault of a longer line is found at its place in the file."""

_WORD: Final = re.compile(r"[^\s!-/:-@\[-^`{-~]+")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_COMPACT: Final = re.compile(r"(19|20)\d{6}(T?\d{2,6})?")
_DAYS_AND_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_INSTEAD_OF_TIME: Final = frozenset({"now", "today", "yesterday", "tomorrow", "null", "none", "nan", "unknown"})
_CLOCK_WORDS: Final = _INSTEAD_OF_TIME.union(
    _DAYS_AND_MONTHS, (name[:3] for name in _DAYS_AND_MONTHS), {"t", "z", "utc", "gmt", "am", "pm"}
)
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


def outline_of_quotes(message: str, said: str) -> str:
    """Give an error's message with what it quotes of `said` as outlines; words that are not from there stay.

    Examples
    --------
    >>> outline_of_quotes("invalid literal for int() with base 10: 'ann 7'", '{"age": "ann 7"}')
    "invalid literal for int() with base 10: 'aaa 0'"
    """
    return _QUOTED.sub(lambda found: outline(found[0]) if found[0][1:-1] in said else found[0], message)


def outline_unless_time(value: str) -> str:
    """Give a text that no clock could read: as it is where it is made of a date's or time's parts, else its outline.

    ``2024-13-45`` is mended by looking at it. A name or a number that slipped into a column of times is a person's.

    Examples
    --------
    >>> outline_unless_time("Mon, 31/13/2024 08:61 PM"), outline_unless_time("ann.lee"), outline_unless_time("4711")
    ('Mon, 31/13/2024 08:61 PM', 'aaa.aaa', '0000')
    """
    words = re.findall(r"[^\W\d_]+", value.lower())
    groups = re.findall(r"\d+", value)
    timely = all(word in _CLOCK_WORDS for word in words)
    dated = len(groups) > 1 and max(map(len, groups)) <= 9
    meant = dated or _COMPACT.fullmatch(value) or not _INSTEAD_OF_TIME.isdisjoint(words)
    return value if timely and meant else outline(value)


def _masked(word: str) -> str:
    return "".join("_" if one == "_" else "0" if one.isdigit() else "a" for one in word)
