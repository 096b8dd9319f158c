"""Rows cut by person into parts that fit a processor's cache, worked on by as many threads as the engine has."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.behaviour.codes import Codes
from analytics_lib.engine.connections import thread_count

S = TypeVar("S")
T = TypeVar("T")

ROWS_OF_A_PART: Final = 400_000
"""Rows of one part, more or less: the fastest of 100,000 to 800,000, by little."""

_ROWS_OF_A_STRETCH: Final = 65_536
_MOST: Final = 256
"""Parts of very many rows are larger."""


def cut(rows: pa.Table, key: str) -> list[pa.Table]:
    """Give the rows in parts; those of one `key` are in one part, in their order.

    Each stretch of rows is sorted by part on its own, while it lies in the cache of one core.

    Parameters
    ----------
    key
        A column of evenly spread unsigned numbers, such as hashes; missing ones are in the first part.
    """
    wanted = min(-(-rows.num_rows // ROWS_OF_A_PART), _MOST)
    number = 1 << max(wanted - 1, 0).bit_length()
    if number == 1:
        return [rows]
    rows = pa.table(worked(_as_numbers, rows.columns), rows.column_names)
    found = worked(lambda stretch: _in_order_of_parts(stretch, key, number), _stretches(rows))
    return [pa.Table.from_batches(stretches) for stretches in zip(*found, strict=True)]


def _stretches(rows: pa.Table) -> list[pa.RecordBatch]:
    found = rows.to_batches(max_chunksize=_ROWS_OF_A_STRETCH)
    few = len(found) * _ROWS_OF_A_STRETCH <= 4 * rows.num_rows
    return found if few else rows.combine_chunks().to_batches(max_chunksize=_ROWS_OF_A_STRETCH)


def _in_order_of_parts(rows: pa.RecordBatch, key: str, number: int) -> list[pa.RecordBatch]:
    keys = (pc.fill_null(rows[key], 0) if rows[key].null_count else rows[key]).to_numpy()
    part = ((keys >> keys.dtype.type(32)) & keys.dtype.type(number - 1)).astype(np.uint16)  # slices take the low bits
    rows = rows.take(pa.array(np.argsort(part, kind="stable")))  # numbers of 16 bits are sorted by counting
    edges = np.append(0, np.cumsum(np.bincount(part, minlength=number))).tolist()
    return [rows.slice(begin, end - begin) for begin, end in itertools.pairwise(edges)]


def _as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Let numbers stand for texts, since they are moved many times faster."""
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return column.dictionary_encode() if is_text else column


def each_part(rows: pa.Table, key: str | None, work: Callable[[pa.Table], T]) -> list[T]:
    """Give what `work` makes of each part, in the order of parts; of all rows at once without a key."""
    parts = [rows] if key is None else cut(rows, key)
    del rows  # the parts hold what they need
    return [work(parts[0])] if len(parts) == 1 else worked(lambda part: work(part.combine_chunks()), parts)


def worked(work: Callable[[S], T], things: Sequence[S]) -> list[T]:
    """Give what `work` makes of each thing, in their order, with as many threads as the engine has."""
    if len(things) < 2:
        return [work(thing) for thing in things]
    with ThreadPoolExecutor(min(thread_count(), len(things))) as pool:  # numpy and Arrow let go of the interpreter
        return list(pool.map(work, things))


def joined_numbers(parts: Sequence[Codes], sizes: Sequence[int]) -> Codes:
    """Give the numbers of all parts, each part's above those of the parts before it; −1 stays.

    Parameters
    ----------
    sizes
        How many things each part numbers.
    """
    found = np.concatenate(parts)
    begin = before = 0
    for part, size in zip(parts, sizes, strict=True):
        here = found[begin : begin + len(part)]
        if here.min(initial=0) < 0:
            np.add(here, before, out=here, where=here >= 0)
        else:
            here += before
        begin, before = begin + len(part), before + size
    return found
