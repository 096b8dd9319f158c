"""What a reader hands on: a block of rows of text with their lines, and the lines that are no rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

LINE: Final = "_line"
"""Column of every block: number of the row's first line in its file, from 1 (of a row without lines: its number)."""


LARGEST_EVENT: Final = 1024 * 1024
"""Bytes; a line longer than this is rejected as ``too_large`` and not kept."""


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """Something in the source that is no row; kept whole in quarantine."""

    line: int
    """Number of its first line, from 1."""
    text: str
    """The line as it stands; bytes that are no UTF-8 are written ``\\xff``."""
    detail: str
    """What is wrong with it, in words."""
    reason: str = "malformed"
    """``malformed`` or ``too_large``."""


def too_large(line: int, size: int) -> BrokenLine:
    """Give the broken line for an event that is too large; its content is not kept."""
    return BrokenLine(line, "", f"{size:,} bytes; at most {LARGEST_EVENT:,} are taken", "too_large")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a source, read."""

    rows: pa.Table
    """The rows; columns as in the source, and ``_line``."""
    broken: list[BrokenLine] = field(default_factory=list)
    """Lines of this stretch that are no rows."""


Blocks = Iterator[Block]
"""What a reader of rows gives."""


@dataclass(frozen=True, slots=True)
class ObjectBlock:
    """A stretch of a source whose rows are JSON objects; the translation may change them."""

    objects: list[dict[str, Any]]
    """The objects, parsed."""
    lines: list[int]
    """Number of each object's line, from 1 (in one large document: of its place in it)."""
    broken: list[BrokenLine] = field(default_factory=list)
    """What is no object."""


def text_column(values: list[Any]) -> Any:
    """Give a text column; half characters that no encoding can write become ``?``."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([value and value.encode("utf-8", "replace").decode() for value in values], pa.string())


def readable(raw: bytes) -> str:
    """Give bytes as text that can be stored, whatever they are."""
    return raw.decode("utf-8", errors="backslashreplace").replace("\x00", "\\x00")
