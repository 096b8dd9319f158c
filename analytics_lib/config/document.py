"""Reads a TOML file and remembers on which line each key stands, so that errors can point there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics_lib.errors import SettingsError

_HEADER = re.compile(r"\s*\[(?P<key>[^\[\]]+)\]\s*(#.*)?$")
_PAIR = re.compile(r"\s*(?P<key>[^=#\[{]+?)\s*=")

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file that was read."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    """Line (from 1) on which a key or the head of a table stands."""

    def line_of(self, keys: KeyPath) -> int | None:
        """Give the line of a key, or of the nearest table that holds it."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return self.lines[keys[:length]]
        return None


def read_document(path: Path) -> Document:
    """Read a TOML file.

    Raises
    ------
    SettingsError
        It can't be read, or is not TOML; the message has the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path} can't be read ({problem})", "Check that it is a text file in UTF-8.") from problem
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        advice = 'Text needs quotes ("…"), true and false do not, and each key stands once: see https://toml.io.'
        raise SettingsError(f"{path} is not valid TOML: {problem}", advice) from problem
    return Document(path, values, dict(_lines(text)))


def _lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        header, pair = _HEADER.match(line), _PAIR.match(line)
        if header and (found := _keys(f"[{header['key']}]")):
            table = found
            yield table, number
        elif pair and (found := _keys(f"{pair['key']} = 0")):
            yield (*table, *found), number


def _keys(line: str) -> KeyPath:
    """Let the TOML reader itself take a key apart: it may be dotted and quoted."""
    try:
        rest: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:  # a line inside a longer text that only looks like a key
        return ()
    keys = []
    while isinstance(rest, dict) and rest:
        key, rest = next(iter(rest.items()))
        keys.append(key)
    return tuple(keys)
