"""JSON: one object a line, or one document that holds many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from analytics_lib.ingestion.blocks import LARGEST_EVENT, BrokenLine, ObjectBlock, readable, too_large
from analytics_lib.ingestion.sources import BLOCK_BYTES, Source, line_blocks

_LISTS = ("events", "batch", "data", "records", "rows")
"""Keys under which a document may keep its list of events."""


def _no_number(_: str) -> None:
    """``NaN`` and ``Infinity`` are no JSON; they mean unknown."""


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def read_documents(source: Source, *, size: int = BLOCK_BYTES) -> Iterator[ObjectBlock]:
    """Read the objects of a file: one on each line (streamed), or one document (read whole).

    A line that is no JSON object comes back as broken, and so does the rest of a document after a fault.
    """
    if one_object_a_line(source.head()):
        yield from _lines(source, size)
    else:
        with source.open() as content:
            yield _document(readable(content.read()))


def one_object_a_line(head: bytes) -> bool:
    """Tell whether content begins with a line that is an object by itself."""
    start = head.lstrip()
    if not start.startswith(b"{"):
        return not start.startswith(b"[")
    first, _, rest = start.partition(b"\n")
    try:
        parsed = json.loads(first)
    except ValueError:
        return rest.startswith(b"{") or b"\n{" in rest  # a broken first line among others
    return not any(isinstance(parsed.get(key), list) for key in _LISTS) or rest.lstrip().startswith(b"{")


def _lines(source: Source, size: int) -> Iterator[ObjectBlock]:
    line = 1
    for lines in line_blocks(source, size):
        block = ObjectBlock([], [])
        for number, raw in enumerate(lines, line):
            if raw and not raw.isspace():
                _add(block, number, raw)
        line += len(lines)
        yield block


def _add(block: ObjectBlock, number: int, raw: bytes) -> None:
    if len(raw) > LARGEST_EVENT:
        block.broken.append(too_large(number, len(raw)))
        return
    try:
        text = raw.decode("utf-8").strip()
        parsed, end = _DECODER.raw_decode(text)
        if end != len(text):
            raise ValueError(f"extra data after character {end}")
    except (ValueError, RecursionError) as problem:
        detail = "bytes that are no UTF-8" if isinstance(problem, UnicodeDecodeError) else f"no JSON: {problem}"
        block.broken.append(BrokenLine(number, readable(raw), detail))
        return
    _keep(block, number, parsed, raw)


def _keep(block: ObjectBlock, number: int, parsed: Any, raw: bytes | None = None) -> None:
    if isinstance(parsed, dict):
        block.objects.append(parsed)
        block.lines.append(number)
    else:
        text = readable(raw) if raw is not None else json.dumps(parsed, ensure_ascii=False)
        block.broken.append(BrokenLine(number, text, "JSON, but no object"))


def _document(text: str) -> ObjectBlock:
    block = ObjectBlock([], [])
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] == "[":
        _elements(block, text, start + 1)
        return block
    try:
        parsed = _DECODER.decode(text)
    except (ValueError, RecursionError) as problem:
        block.broken.append(BrokenLine(1, text, f"no JSON: {problem}"))
        return block
    inner = next(
        (parsed[key] for key in _LISTS if isinstance(parsed, dict) and isinstance(parsed.get(key), list)), None
    )
    for number, item in enumerate(inner if inner is not None else [parsed], 1):
        _keep(block, number, item)
    return block


def _elements(block: ObjectBlock, text: str, position: int) -> None:
    """Read the elements of a list one by one, so that a fault costs only what follows it."""
    number = 1
    while True:
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        if position >= len(text) or text[position] == "]":
            return
        try:
            parsed, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as problem:
            block.broken.append(BrokenLine(number, text[position:], f"no JSON from here on: {problem}"))
            return
        _keep(block, number, parsed)
        number += 1
