"""Rows cut by person into parts that fit a processor's cache, worked on by as many threads as the engine has."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics_lib.behaviour.codes import Codes
from analytics_lib.engine.connections import thread_count

S = TypeVar("S")
T = TypeVar("T")

Wanted: TypeAlias = Callable[[pa.RecordBatch], NDArray[np.bool_]]

ROWS_OF_A_PART: Final = 400_000
"""Rows of one part, more or less: the fastest of 100,000 to 800,000, by little."""

_ROWS_OF_A_STRETCH: Final = 65_536
_ROWS_LOOKED_AT: Final = 262_144
"""Rows of a stretch from which some are chosen: fewer would keep threads waiting for each other."""
_MOST: Final = 256
"""Parts of very many rows are larger."""


def cut(rows: pa.Table, key: str, wanted: Wanted | None = None) -> list[pa.Table]:
    """Give the rows in parts; those of one `key` are in one part, in their order.

    Each stretch of rows is sorted by part on its own, while it lies in the cache of one core.

    Parameters
    ----------
    key
        A column of evenly spread unsigned numbers, such as hashes; missing ones are in the first part.
    wanted
        Tells which rows of a stretch are kept; None = all.
    """
    if wanted is None and rows.num_rows <= ROWS_OF_A_PART:
        return [rows]
    rows = pa.table(worked(_as_numbers, rows.columns), rows.column_names)
    stretches = _stretches(rows, _ROWS_OF_A_STRETCH if wanted is None else _ROWS_LOOKED_AT)
    pieces: list[tuple[pa.RecordBatch, Codes | None]]
    if wanted is None:
        kept, pieces = rows.num_rows, [(stretch, None) for stretch in stretches]
    else:
        places = worked(partial(_places, wanted), stretches)
        kept, pieces = sum(map(len, places)), list(zip(stretches, places, strict=True))
    number = 1 << max(min(-(-kept // ROWS_OF_A_PART), _MOST) - 1, 0).bit_length()
    found = worked(lambda piece: _in_order_of_parts(*piece, key, number), pieces)
    return [pa.Table.from_batches(stretches) for stretches in zip(*found, strict=True)]


def _places(wanted: Wanted, rows: pa.RecordBatch) -> Codes:
    return np.flatnonzero(wanted(rows))


def _stretches(rows: pa.Table, size: int) -> list[pa.RecordBatch]:
    found = rows.to_batches(max_chunksize=size)
    few = len(found) * size <= 4 * rows.num_rows
    return found if few else rows.combine_chunks().to_batches(max_chunksize=size)


def _in_order_of_parts(rows: pa.RecordBatch, places: Codes | None, key: str, number: int) -> list[pa.RecordBatch]:
    keys = (pc.fill_null(rows[key], 0) if rows[key].null_count else rows[key]).to_numpy()
    keys = keys if places is None else keys.take(places)
    part = ((keys >> keys.dtype.type(32)) & keys.dtype.type(number - 1)).astype(np.uint16)  # slices take the low bits
    order = np.argsort(part, kind="stable")  # numbers of 16 bits are sorted by counting
    rows = rows.take(pa.array(order if places is None else places.take(order)))
    edges = np.append(0, np.cumsum(np.bincount(part, minlength=number))).tolist()
    return [rows.slice(begin, end - begin) for begin, end in itertools.pairwise(edges)]


def _as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Let numbers stand for texts, since they are moved many times faster."""
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return column.dictionary_encode() if is_text else column


def each_part(rows: pa.Table, key: str | None, work: Callable[[pa.Table], T], wanted: Wanted | None = None) -> list[T]:
    """Give what `work` makes of each part, in the order of parts; of all rows at once without a key."""
    parts = [rows] if key is None else cut(rows, key, wanted)
    return [work(parts[0])] if len(parts) == 1 else worked(lambda part: work(part.combine_chunks()), parts)


def worked(work: Callable[[S], T], things: Sequence[S]) -> list[T]:
    """Give what `work` makes of each thing, in their order, with as many threads as the engine has.

    The caller's thread is one of them: one that only waited would be woken for every thing that is done.
    """
    found: dict[int, T] = {}
    places = iter(range(len(things)))

    def work_on() -> None:
        try:
            for place in places:  # all threads take from the same numbers
                found[place] = work(things[place])
        except BaseException:
            deque(places, maxlen=0)  # nothing is left for the others
            raise

    others = min(thread_count(), len(things)) - 1
    with ThreadPoolExecutor(max(others, 1)) as pool:  # numpy and Arrow let go of the lock
        running = [pool.submit(work_on) for _ in range(others)]
        work_on()
        for other in running:
            other.result()
    return [found[place] for place in range(len(things))]


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
