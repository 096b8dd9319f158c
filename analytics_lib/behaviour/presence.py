"""In which buckets of time each person was there: one row per person and one bit per bucket.

The local engine sets the bits while it groups, so that one row per person leaves it instead of one
row per event. Exact: it groups by the names themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa

from analytics_lib.behaviour.codes import Codes
from analytics_lib.behaviour.funnel_pass import Flags
from analytics_lib.engine.tables import Table, dialect, to_arrow
from analytics_lib.engine.times import with_bucket

_BITS: Final = 60
_MOST_BUCKETS: Final = 8 * _BITS
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
        places = (divmod(bucket, _BITS) for bucket in range(buckets))
        return np.array([np.count_nonzero(self.words[:, word] & (1 << bit)) for word, bit in places], dtype=np.int64)

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
            yield person + begin, place // 64 * _BITS + place % 64


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
    asked = {"_present": ibis.literal(True) if present is None else present}  # noqa: FBT003
    placed = with_bucket(table.mutate(**asked, **(least or {})), table["_micros"], edges)
    sums = {f"_word_{word}": _word(placed, word) for word in range(_words(edges))}
    sums |= {name: placed[name].min() for name in least or {}}
    grouped = placed.group_by(list(who)).aggregate(_events=placed.count(), **sums)
    rows = to_arrow(grouped)
    known = ~rows["user_id"].is_null().to_numpy()
    unknown = int(rows["_events"].to_numpy()[~known].sum())
    rows = rows if known.all() else rows.filter(pa.array(known))
    words = [rows[f"_word_{word}"].fill_null(0).to_numpy() for word in range(_words(edges))]
    return Presence(rows.select([*who, *(least or {})]), np.stack(words, axis=1), unknown)


def _words(edges: Sequence[datetime]) -> int:
    return -(-(len(edges) - 1) // _BITS)


def _word(placed: Table, word: int) -> Any:
    """Give the aggregate of one word: a bit for each of its buckets that the person was in."""
    first = word * _BITS
    here = placed["_present"] & (placed.bucket >= first) & (placed.bucket < first + _BITS)
    return (ibis.literal(1, "int64") << (placed.bucket % _BITS)).bit_or(where=here)
