"""Whole numbers for names, and rows put in order of unit and time: what the array passes work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coded:
    """Rows of some columns as whole numbers."""

    codes: Codes
    """0 … count − 1 for each row; −1 where the last column is missing."""
    keys: pa.Table
    """The columns of each code, in order of code."""

    @property
    def count(self) -> int:
        """How many different ones there are."""
        return int(self.keys.num_rows)


def encode(table: pa.Table, columns: list[str], *, keep_missing: bool = False) -> Coded:
    """Give a number to each of the different combinations of some columns.

    Parameters
    ----------
    columns
        The last one names the thing, those before it its owners (tenant, then user).
    keep_missing
        Give a missing last column a number of its own; otherwise −1.
    """
    codes: Codes | None = None
    for name in columns:
        part, size = _column_codes(table[name])
        if size == 1 and not table[name].null_count:
            continue  # one tenant: nothing to tell apart
        codes = part if codes is None else _dense((codes + 1) * (size + 1) + part + 1)
    if codes is None:
        codes = np.zeros(table.num_rows, dtype=np.int64)
    if (codes < 0).any() or table[columns[-1]].null_count:
        codes = _known_first(codes, table[columns[-1]], keep_missing=keep_missing)
    return Coded(codes, _keys(table.select(columns), codes))


def _known_first(codes: Codes, last: pa.ChunkedArray, *, keep_missing: bool) -> Codes:
    """Give the numbers anew, so that nothing is −1 but what shall be."""
    if keep_missing or not last.null_count:
        return _dense(codes)
    known = ~last.is_null().to_numpy()
    answer = np.full(len(codes), -1, dtype=np.int64)
    answer[known] = _dense(codes[known])
    return answer


def _column_codes(column: pa.ChunkedArray) -> tuple[Codes, int]:
    """Give a number to each value of one column; −1 where missing."""
    encoded = column.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks() if encoded.num_chunks else pa.array([], encoded.type)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    elif encoded.dictionary.null_count or pc.count_distinct(encoded.dictionary).as_py() < len(encoded.dictionary):
        encoded = encoded.cast(encoded.type.value_type).dictionary_encode()
    else:
        encoded = _used(encoded)
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, len(encoded.dictionary)


def _used(encoded: pa.DictionaryArray) -> pa.DictionaryArray:
    """Leave out the values that no row has."""
    known = pc.drop_null(encoded.indices).to_numpy()
    there = np.zeros(len(encoded.dictionary), dtype=bool)
    there[known] = True
    if there.all():
        return encoded
    place = pa.array((np.cumsum(there) - 1).astype(np.int32))
    return pa.DictionaryArray.from_arrays(place.take(encoded.indices), encoded.dictionary.filter(pa.array(there)))


def _dense(codes: Codes) -> Codes:
    return _column_codes(pa.chunked_array([pa.array(codes)]))[0]


def _keys(columns: pa.Table, codes: Codes) -> pa.Table:
    count = int(codes.max(initial=-1)) + 1
    first = np.zeros(count, dtype=np.int64)
    rows = np.flatnonzero(codes >= 0)[::-1]
    first[codes[rows]] = rows  # the last assignment wins, and that is the first row
    return columns.take(pa.array(first))


def first_above(values: Codes, low: Codes, high: Codes, bound: Codes) -> Codes:
    """Give the first place in each stretch ``[low, high)`` of ascending values that is above its bound."""
    low, high = low.copy(), high.copy()
    while (low < high).any():
        middle = (low + high) // 2
        above = values[np.minimum(middle, len(values) - 1)] > bound
        searching = low < high
        high = np.where(searching & above, middle, high)
        low = np.where(searching & ~above, middle + 1, low)
    return low


def distinct(values: Codes) -> Codes:
    """Give the different whole numbers of at least 0, ascending.

    By marking where the numbers are small, else by sorting: both many times faster than
    ``numpy.unique``, which looks each number up in a hash table.
    """
    if not len(values):
        return values.astype(np.int64)
    if int(values.max()) < 2 * len(values):
        return np.flatnonzero(_marked(values))
    ascending = np.sort(values)
    return ascending[np.append(True, ascending[1:] != ascending[:-1])]


def numbered(values: Codes) -> tuple[Codes, Codes]:
    """Give the different whole numbers of at least 0, ascending, and the place of each value among them."""
    if not len(values):
        return values.astype(np.int64), values.astype(np.int64)
    if int(values.max()) < 2 * len(values):
        there = _marked(values)
        return np.flatnonzero(there), (np.cumsum(there) - 1)[values]
    found = distinct(values)
    return found, np.searchsorted(found, values)


def _marked(values: Codes) -> NDArray[np.bool_]:
    there = np.zeros(int(values.max()) + 1, dtype=bool)
    there[values] = True
    return there


def ranked(table: pa.Table, columns: list[str]) -> Coded:
    """Give a number to each group, in sorted order; a missing value is a group, and the last."""
    coded = encode(table, columns, keep_missing=True)
    keys = coded.keys.to_pandas()
    order = (
        keys.sort_values(columns, na_position="last").index.to_numpy() if coded.count else np.zeros(0, dtype=np.int64)
    )
    rank = np.empty(coded.count, dtype=np.int64)
    rank[order] = np.arange(coded.count)
    return Coded(rank[coded.codes] if coded.count else coded.codes, coded.keys.take(pa.array(order)))
