"""CSV and its kin, read so that no bad line stops the load and none is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from analytics_lib.errors import SourceError
from analytics_lib.ingestion.blocks import (
    LARGEST_EVENT,
    LINE,
    Block,
    Blocks,
    BrokenLine,
    readable,
    too_large,
)
from analytics_lib.ingestion.sources import BLOCK_BYTES, Source, line_blocks

DELIMITERS: Final = (",", ";", "\t", "|")
_LONGEST_RECORD: Final = 200
"""Lines; a quoted field that spans more was never meant to be open."""

Record = tuple[int, bytes]


def read_delimited(source: Source, *, delimiter: str | None = None, size: int = BLOCK_BYTES) -> Blocks:
    """Read a delimited file with a header line, in blocks; every column is text, empty is null.

    The delimiter is the one of ``, ; tab |`` that the header uses most, unless it is given. Quoted fields
    may hold line breaks. A line with too few or too many fields, with a quote that never closes or with
    bytes that are no UTF-8 comes back as broken.

    Raises
    ------
    SourceError
        The file has no header line.
    """
    used = delimiter or _delimiter(source.head().partition(b"\n")[0])
    header: list[str] = []
    for records in _records(line_blocks(source, size), used):
        rows = records
        if not header:
            header = _names(records[0], used, source)
            rows = records[1:]
        if rows:
            yield _block(rows, header, used)
    if not header:
        raise SourceError(f"{source.name} is empty", "The first line must name the columns.")


def header_of(line: bytes, delimiter: str | None = None) -> list[str]:
    """Give the column names in a header line."""
    used = delimiter or _delimiter(line)
    if b"\r" in line.rstrip(b"\r") or b"\0" in line:
        fact = "the first line is no header of a text table: it holds bytes that no text has"
        raise SourceError(fact, "Name the format of the file, or send one whose first line names the columns.")
    return [name.strip() for name in next(csv.reader([readable(line)], delimiter=used), [])]


def _delimiter(header: bytes) -> str:
    text = readable(header)
    return max(DELIMITERS, key=text.count)


def _names(record: Record, delimiter: str, source: Source) -> list[str]:
    names = header_of(record[1], delimiter)
    seen: dict[str, int] = {}
    unique = []
    for position, name in enumerate(names, 1):
        plain = name or f"column_{position}"
        seen[plain] = seen.get(plain, 0) + 1
        unique.append(plain if seen[plain] == 1 else f"{plain}_{seen[plain]}")
    if not any(names):
        raise SourceError(f"{source.name} begins with an empty line", "The first line must name the columns.")
    return unique


def _records(blocks: Iterator[list[bytes]], delimiter: str) -> Iterator[list[Record]]:
    """Join the lines of quoted fields that span several; blocks begin and end between records."""
    line = 1
    carried: list[Record] = []
    for lines in blocks:
        numbered = [*carried, *zip(range(line, line + len(lines)), lines, strict=True)]
        line += len(lines)
        records, carried = _joined(numbered, delimiter, last=False)
        if records:
            yield records
    records, _ = _joined(carried, delimiter, last=True)
    if records:
        yield records


def _joined(lines: list[Record], delimiter: str, *, last: bool) -> tuple[list[Record], list[Record]]:
    if not any(raw.count(b'"') % 2 for _, raw in lines):  # then no quoted field goes over a line's end
        return [record for record in lines if record[1]], []
    records: list[Record] = []
    position = 0
    while position < len(lines):
        number, text = lines[position]
        if not text.count(b'"') % 2 or not _ends_open(text, delimiter):
            if text:
                records.append((number, text))
            position += 1
            continue
        end = _closing(lines, position, delimiter)
        if end is None and not last and len(lines) - position < _LONGEST_RECORD:
            return records, lines[position:]  # the rest of the record is in the next block
        stop = position + 1 if end is None else end
        records.append((number, b"\n".join(raw for _, raw in lines[position:stop])))
        position = stop
    return records, []


def _closing(lines: list[Record], position: int, delimiter: str) -> int | None:
    """Give the position after the line that closes the quote opened at `position`; None if nothing does."""
    text = lines[position][1]
    for end in range(position + 1, min(len(lines), position + _LONGEST_RECORD)):
        text += b"\n" + lines[end][1]
        if lines[end][1].count(b'"') % 2:
            if _strays(text, delimiter):
                return None
            if not _ends_open(text, delimiter):
                return end + 1
    return None


def _strays(record: bytes, delimiter: str) -> bool:
    """Tell whether text follows a closing quote: then the opening one was not meant as such."""
    separators = {delimiter.encode()[0], 0x0A, 0x22}
    quoted, at_start = False, True
    for byte, following in zip(record, record[1:] + b"\n", strict=True):
        if byte == 0x22 and (quoted or at_start):
            quoted = not quoted
            at_start = not quoted
            if not quoted and following not in separators:
                return True
        else:
            at_start = not quoted and byte in separators
    return False


def _ends_open(record: bytes, delimiter: str) -> bool:
    """Tell whether a record ends inside a quoted field; a quote opens one only at a field's start."""
    separator = delimiter.encode()[0] if delimiter else ord(",")
    quoted, at_start = False, True
    for byte in record:
        if byte == 0x22 and (quoted or at_start):
            quoted = not quoted
            at_start = not quoted  # a doubled quote inside a field opens it again
        else:
            at_start = not quoted and byte == separator
    return quoted


def _block(records: list[Record], header: list[str], delimiter: str) -> Block:
    kept, broken = _parted(records, delimiter)
    table, wrong = _parsed(kept, header, delimiter)
    for position, detail in wrong.items():
        broken.append(BrokenLine(kept[position][0], readable(kept[position][1]), detail))
    lines = [number for position, (number, _) in enumerate(kept) if position not in wrong]
    rows = table.append_column(LINE, pa.array(lines, pa.int64()))
    return Block(rows, sorted(broken, key=lambda item: item.line))


def _parted(records: list[Record], delimiter: str) -> tuple[list[Record], list[BrokenLine]]:
    """Part what can be parsed from what is too large, no UTF-8, or ends inside a quoted field."""
    whole = b"\n".join([raw for _, raw in records])
    all_utf8 = _is_utf8(whole)
    small = max((len(raw) for _, raw in records), default=0) <= LARGEST_EVENT
    if all_utf8 and small and (b'"' not in whole or not any(raw.count(b'"') % 2 for _, raw in records)):
        return records, []
    kept: list[Record] = []
    broken: list[BrokenLine] = []
    for number, raw in records:
        if len(raw) > LARGEST_EVENT:
            broken.append(too_large(number, len(raw)))
        elif not (all_utf8 or _is_utf8(raw)):
            broken.append(BrokenLine(number, readable(raw), "bytes that are no UTF-8"))
        elif raw.count(b'"') % 2 and _ends_open(raw, delimiter):
            broken.append(BrokenLine(number, readable(raw), "a quote is opened and never closed"))
        else:
            kept.append((number, raw))
    return kept, broken


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parsed(records: list[Record], header: list[str], delimiter: str) -> tuple[pa.Table, dict[int, str]]:
    """Parse records; give the rows, and what is wrong with the records that are none."""
    from pyarrow import csv as arrow_csv

    wrong: dict[int, str] = {}

    def skip(row: Any) -> str:
        wrong[row.number - 1] = f"{row.actual_columns} fields where the header names {row.expected_columns}"
        return "skip"

    if not records:
        return pa.table({name: pa.array([], pa.string()) for name in header}), wrong
    content = b"\n".join([raw for _, raw in records])
    table = arrow_csv.read_csv(
        io.BytesIO(content),
        read_options=arrow_csv.ReadOptions(column_names=header, use_threads=False, block_size=len(content) + 16),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=b'"' in content, invalid_row_handler=skip
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )
    return table.combine_chunks(), wrong
