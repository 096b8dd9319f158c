"""Sets of small numbers, against sets of Python."""

from __future__ import annotations

import ibis
import pyarrow as pa

from analytics_lib.engine.bits import NARROW, WIDE, narrow_words, wide_set
from analytics_lib.engine.tables import to_arrow


def test_each_number_sets_its_own_bit_up_to_the_last() -> None:
    numbers = {"a": {0, 59, 60, 119}, "b": {61}, "c": set(range(WIDE))}
    rows = [(name, number) for name, these in numbers.items() for number in these]
    table = ibis.memtable(pa.table({"who": [name for name, _ in rows], "number": [number for _, number in rows]}))

    sets = table.group_by("who").aggregate(
        found=wide_set(table.number), odd=wide_set(table.number, where=table.number % 2 == 1)
    )
    low, high = narrow_words(sets.found)
    odd = narrow_words(sets.odd)
    found = to_arrow(sets.select("who", low=low, high=high, odd_low=odd[0], odd_high=odd[1])).to_pylist()

    def members(low: int, high: int) -> set[int]:
        return {bit for bit in range(WIDE) if (low if bit < NARROW else high) >> bit % NARROW & 1}

    assert {row["who"]: members(row["low"], row["high"]) for row in found} == numbers
    assert {row["who"]: members(row["odd_low"], row["odd_high"]) for row in found} == {
        name: {number for number in these if number % 2} for name, these in numbers.items()
    }
