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

ROWS_OF_A_PART: Final = 200_000
"""Rows of one part, more or less: a column of them fits the cache of one core."""

_MOST: Final = 256
"""Numbers of parts are sorted as bytes, which is a count."""


def cut(rows: pa.Table, key: str) -> tuple[pa.Table, list[pa.Array]]:
    """Give the rows in one piece, and the places of each part; rows of one `key` are in one part, in their order.

    Parameters
    ----------
    key
        A column of evenly spread unsigned numbers, such as hashes; missing ones are in the first part.
    """
    wanted = min(-(-rows.num_rows // ROWS_OF_A_PART), _MOST)
    number = 1 << max(wanted - 1, 0).bit_length()
    if number == 1:
        return rows, []
    rows = pa.table(worked(_one_piece, rows.columns), rows.column_names)
    keys = (pc.fill_null(rows[key], 0) if rows[key].null_count else rows[key]).to_numpy()
    part = (keys & keys.dtype.type(number - 1)).astype(np.uint8)
    places = np.argsort(part, kind="stable")
    edges = np.append(0, np.cumsum(np.bincount(part, minlength=number)))
    return rows, [pa.array(places[begin:end]) for begin, end in itertools.pairwise(edges)]


def _one_piece(column: pa.ChunkedArray) -> pa.Array:
    """Give a column in one piece; numbers stand for texts, since they are moved many times faster."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = column.dictionary_encode()
    found = column.combine_chunks()
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def each_part(rows: pa.Table, key: str | None, work: Callable[[pa.Table], T]) -> list[T]:
    """Give what `work` makes of each part, in the order of parts; of all rows at once without a key."""
    rows, parts = (rows, []) if key is None else cut(rows, key)
    return worked(lambda places: work(rows.take(places)), parts) if parts else [work(rows)]


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
