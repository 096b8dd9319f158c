"""Sets of small numbers as bits, put together while the local engine groups rows."""

from __future__ import annotations

from typing import Any, Final

import ibis

WIDE: Final = 120
"""Bits of one set; two whole numbers of 60 bits leave the engine for it."""

NARROW: Final = 60
"""Bits of each whole number that leaves the engine."""


@ibis.udf.scalar.builtin(name="factorial", signature=(("int32",), "int64"))
def _wide(number):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB's factorial, the one function that turns a small number into one of 128 bits, a type Ibis lacks."""


def wide_set(bit: Any, *, where: Any = None) -> Any:
    """Give the aggregate of the numbers from 0 to 119 that occur in a group; one pass instead of two of 60 bits.

    DuckDB only. Ibis takes it for 64 bits: do nothing with it but :func:`narrow_words`.

    Parameters
    ----------
    bit
        int64 expression.
    where
        Condition on the rows that count; None = all of them.
    """
    return (_wide(1) << bit).bit_or(where=where)


def narrow_words(wide: Any) -> tuple[Any, Any]:
    """Give the numbers below 60, and those from 60 on, as bits of an int64 each."""
    low = wide & (1 << NARROW) - 1
    high = wide >> NARROW
    # Ibis drops a cast to the type it believes in already.
    return low.cast("uint64").cast("int64"), high.cast("uint64").cast("int64")
