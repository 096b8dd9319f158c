"""Numbers for people, sessions and other units, however an engine can tell them apart fastest.

On the local engine two 64-bit hashes stand for a name: the first is the key, the second is compared
within each key, so that two names with one key are noticed, and the text is read instead. People of
the lake come with one stored key of 63 bits, which has no second (decision 0012). Names
themselves are read only when somebody asks who the people are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.behaviour.codes import Coded, Codes, encode
from analytics_lib.behaviour.parts import Wanted, each_part
from analytics_lib.engine.keys import key_pair
from analytics_lib.engine.tables import Table, to_arrow

T = TypeVar("T")

Names = Mapping[str, Sequence[str]]
"""Columns of each thing that is to be numbered, the owner first."""

_Pairs = Mapping[str, tuple[Any, Any | None] | None]
"""Two hashes of each thing, or its stored key alone; None where its columns are read instead."""

_FIRST: Final = "_{}_key"
_SECOND: Final = "_{}_check"


@dataclass(frozen=True, slots=True)
class HashedKeys:
    """The names behind numbers, not read yet."""

    table: Table
    """Where they can be read: the pinned snapshot of the analysis."""
    columns: tuple[str, ...]
    """Columns of a name."""
    keys: Any
    """First hash of each number, as an Arrow array."""

    @property
    def num_rows(self) -> int:
        """How many there are."""
        return len(self.keys)

    @property
    def column_names(self) -> list[str]:
        """Columns of a name."""
        return list(self.columns)

    def take(self, numbers: Any) -> pa.Table:
        """Read the names of some numbers, in their order."""
        wanted = self.keys.take(numbers)
        if not len(wanted):
            return to_arrow(self.table.select(*self.columns).limit(0))
        pair = key_pair(self.table, self.columns)
        assert pair is not None  # the keys were made from this very table  # noqa: S101
        named = self.table.select(*self.columns, _key=pair[0])
        asked = ibis.memtable(pa.table({"_key": pc.unique(wanted)}))
        found = to_arrow(named.semi_join(asked, "_key").distinct())
        place = pc.index_in(wanted, value_set=found["_key"].combine_chunks())
        return found.select(self.columns).take(place)

    def __getitem__(self, name: str) -> pa.ChunkedArray:
        """Read one column of all names."""
        return self.take(pa.array(range(len(self.keys)), pa.int64()))[name]


class _CollisionError(Exception):
    """Two names have one key."""


def fetch_numbered(
    table: Table, names: Names, build: Callable[[Mapping[str, Any]], Table]
) -> tuple[pa.Table, dict[str, Coded]]:
    """Run one query and number the things in its rows; :func:`fetch_parts` without parts."""
    return fetch_parts(table, names, build, lambda rows, numbers: (rows, numbers), cut_by=None)[0]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The rows of one query; the things in them have no numbers yet."""

    rows: pa.Table
    number: Callable[[pa.Table], dict[str, Coded]]
    """Gives for each thing its number in every row (−1 = missing), from 0."""
    key: str | None
    """Column of hashes by which rows are cut into parts; None = they stay one part."""

    def each_part(self, work: Callable[[pa.Table, dict[str, Coded]], T], wanted: Wanted | None = None) -> list[T]:
        """Cut many rows into parts, number the things in each, and give what `work` makes of them; in threads.

        Parameters
        ----------
        wanted
            Tells which rows matter; None = all. It needs a key.
        """
        return each_part(self.rows, self.key, lambda part: work(part, self.number(part)), wanted)


def fetch_parts(
    table: Table,
    names: Names,
    build: Callable[[Mapping[str, Any]], Table],
    work: Callable[[pa.Table, dict[str, Coded]], T],
    *,
    cut_by: str | None,
) -> list[T]:
    """Run one query, and give what `work` makes of each part of its rows; the arguments are those of :func:`fetch`."""
    return fetch(table, names, build, lambda found: found.each_part(work), cut_by=cut_by)


def fetch(
    table: Table,
    names: Names,
    build: Callable[[Mapping[str, Any]], Table],
    ask: Callable[[Fetched], list[T]],
    *,
    cut_by: str | None,
) -> list[T]:
    """Run one query, and give what `ask` makes of its rows; it is asked again where two names had one key.

    Parameters
    ----------
    table
        Where names can be looked up later.
    names
        What to number, by a name of its own.
    build
        Gives the query from the expressions that stand for the names; it must select them all.
    cut_by
        What is in one part only, by its name in `names`; None = one part.
    """
    pairs = {name: key_pair(table, columns) for name, columns in names.items()}
    key = None if cut_by is None or pairs[cut_by] is None else _FIRST.format(cut_by)
    try:
        return ask(_fetched(table, names, build, pairs, key))
    except _CollisionError:
        return ask(_fetched(table, names, build, dict.fromkeys(names), None))


def _fetched(
    table: Table, names: Names, build: Callable[[Mapping[str, Any]], Table], pairs: _Pairs, key: str | None
) -> Fetched:
    rows = to_arrow(build(_expressions(table, names, pairs)))
    return Fetched(rows, lambda some: _numbers(some, table, names, pairs), key)


def _expressions(table: Table, names: Names, pairs: _Pairs) -> dict[str, Any]:
    """Give what stands for the names in the query: two hashes, or the columns themselves."""
    found: dict[str, Any] = {}
    for name, columns in names.items():
        pair = pairs[name]
        if pair is None:
            found |= {column: table[column] for column in columns}
        else:
            found[_FIRST.format(name)] = pair[0]
            found |= {} if pair[1] is None else {_SECOND.format(name): pair[1]}
    return found


def _numbers(rows: pa.Table, table: Table, names: Names, pairs: _Pairs) -> dict[str, Coded]:
    return {
        name: encode(rows, list(columns)) if pairs[name] is None else _hashed(rows, table, name, columns)
        for name, columns in names.items()
    }


def joined_names(parts: Sequence[Any], table: Table) -> Any:
    """Give the names of all parts, one part after the other; `table` is where all can be read."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part, HashedKeys) for part in parts):
        return HashedKeys(table, parts[0].columns, pa.concat_arrays([part.keys for part in parts]))
    return pa.concat_tables([part.take(pa.array(range(part.num_rows), pa.int64())) for part in parts])


def _hashed(rows: pa.Table, table: Table, name: str, columns: Sequence[str]) -> Coded:
    encoded = rows[_FIRST.format(name)].combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    indices = encoded.indices
    codes: Codes = (pc.fill_null(indices, -1) if indices.null_count else indices).to_numpy(zero_copy_only=False)
    if _SECOND.format(name) in rows.column_names:
        _check(codes, rows[_SECOND.format(name)])
    return Coded(codes.astype(np.int64), HashedKeys(table, tuple(columns), encoded.dictionary))


def _check(codes: Codes, second: pa.ChunkedArray) -> None:
    """Make sure that one key is one name."""
    checks = (pc.fill_null(second, 0) if second.null_count else second).to_numpy()
    kept = np.zeros(int(codes.max(initial=-1)) + 2, dtype=np.uint64)
    kept[codes] = checks
    if ((kept.take(codes) != checks) & (codes >= 0)).any():  # the last place is for what is missing
        raise _CollisionError
