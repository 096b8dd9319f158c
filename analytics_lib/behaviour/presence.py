"""In which buckets of time each person was there: one row per person and one bit per bucket.

The local engine sets the bits while it groups, so that one row per person leaves it instead of one
row per event. Exact: it groups by the names themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any, Final

import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.engine.bits import NARROW, WIDE, narrow_words, wide_set
from analytics_lib.engine.tables import Table, dialect, to_arrow
from analytics_lib.engine.times import with_bucket

_MOST_BUCKETS: Final = 8 * NARROW
_PEOPLE_AT_ONCE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Presence:
    """People, and the buckets they were in."""

    rows: pa.Table
    """One row per known person: the columns of their name, and what else was asked for."""
    words: Codes
    """Bits of the buckets: one row per person, 60 buckets in each word."""
    unknown: int
    """Events of nobody."""

    @property
    def count(self) -> int:
        """Number of people."""
        return len(self.words)

    def counts(self, buckets: int) -> Codes:
        """Give how many people were in each bucket."""
        return np.array([np.count_nonzero(self.inside(bucket)) for bucket in range(buckets)], dtype=np.int64)

    def inside(self, bucket: int) -> Flags:
        """Tell for each person whether they were in a bucket."""
        word, bit = divmod(bucket, NARROW)
        there: Flags = self.words[:, word] & (1 << bit) != 0
        return there

    def moments(self) -> tuple[Codes, Codes]:
        """Give each person and bucket once: the person's number, ascending, and the bucket, ascending."""
        parts = list(self._moments())
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _moments(self) -> Iterator[tuple[Codes, Codes]]:
        yield np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        for begin in range(0, self.count, _PEOPLE_AT_ONCE):
            words = np.ascontiguousarray(self.words[begin : begin + _PEOPLE_AT_ONCE]).astype("<i8")
            bits: Flags = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").view(bool)
            person, place = np.nonzero(bits)
            yield person + begin, place // 64 * NARROW + place % 64


def has_presence(table: Table, edges: Sequence[datetime]) -> bool:
    """Tell whether this is the faster way: the local engine, and not too many buckets."""
    return dialect(table) == "duckdb" and 2 <= len(edges) <= _MOST_BUCKETS + 1


def fetch_presence(
    table: Table,
    who: Sequence[str],
    edges: Sequence[datetime],
    *,
    present: Any = None,
    least: Mapping[str, Any] | None = None,
) -> Presence:
    """Run one query that gives a row per person.

    Parameters
    ----------
    table
        Rows with the columns of `who` and ``_micros``; those outside the edges are left out.
    present
        Condition over `table` on the rows that set a bit; None = all of them.
    least
        Columns to add, whose least value comes along with each person; null where there is none.
    """
    placed = with_bucket(table.mutate(**_named(present), **(least or {})), table["_micros"], edges)
    sets = range(-(-(len(edges) - 1) // WIDE))
    sums = {f"_set_{number}": _set(placed, number, len(edges) - 1) for number in sets}
    sums |= {name: placed[name].min() for name in least or {}}
    grouped = placed.group_by(list(who)).aggregate(**sums)
    halves = {f"_set_{number}": narrow_words(grouped[f"_set_{number}"]) for number in sets}
    words = {f"{name}_{half}": word for name, pair in halves.items() for half, word in enumerate(pair)}
    rows = to_arrow(grouped.select(*who, *(least or {}), **words))
    known = ~rows["user_id"].is_null().to_numpy()
    unknown = 0
    if not known.all():  # counted only where there are any: it would cost each group a number
        rows = rows.filter(pa.array(known))
        unknown = to_arrow(placed.filter(placed.user_id.isnull()).count()).as_py()
    return Presence(rows.select([*who, *(least or {})]), np.array(_filled(rows, words)).T, unknown)


def _named(present: Any) -> dict[str, Any]:
    return {} if present is None else {"_present": present}


def _set(placed: Table, number: int, buckets: int) -> Any:
    """Give the aggregate of one set: those of its buckets that the person was in."""
    first = number * WIDE
    conditions = [placed["_present"]] if "_present" in placed.columns else []
    if buckets > WIDE:
        conditions += [placed.bucket >= first, placed.bucket < first + WIDE]
    where = reduce(and_, conditions) if conditions else None
    return wide_set(placed.bucket % WIDE if buckets > WIDE else placed.bucket, where=where)


def _filled(rows: pa.Table, words: Iterable[str]) -> list[Codes]:
    return [rows[name].fill_null(0).to_numpy() for name in words]
