"""What engines do differently with time, done the same here: exact microseconds, DST-safe buckets."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import gcd
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from analytics_lib.engine.tables import Table, dialect

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_SLOTS = 2_000_000


@ibis.udf.scalar.builtin(name="epoch_us", signature=((dt.Timestamp(timezone="UTC"),), dt.int64))
def _duckdb_micros(when):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB's exact epoch; ``epoch_seconds`` rounds there."""


@ibis.udf.scalar.builtin(name="unix_micros", signature=((dt.Timestamp(timezone="UTC"),), dt.int64))
def _spark_micros(when):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Spark's exact epoch."""


def micros(when: datetime) -> int:
    """Give an aware moment as microseconds since 1970, exactly.

    Examples
    --------
    >>> micros(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (when - _EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """Give the aware UTC moment of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=int(value))


def epoch_micros(table: Table, column: str = "event_time") -> Any:
    """Give an int64 expression: microseconds since 1970 UTC, identical on every engine."""
    when = table[column]
    name = dialect(table)
    if name == "duckdb":
        return _duckdb_micros(when)
    if name in {"pyspark", "databricks"}:
        return _spark_micros(when)
    whole = when.truncate("s")
    return whole.epoch_seconds().cast("int64") * 1_000_000 + when.microsecond().cast("int64")


def with_bucket(table: Table, moment: Any, edges: Sequence[datetime], *, name: str = "bucket") -> Table:
    """Add the number of the bucket ``[edges[i], edges[i+1])`` that holds `moment`; drop rows in none.

    Parameters
    ----------
    moment
        int64 expression over `table`: microseconds since 1970 (see :func:`epoch_micros`).
    edges
        Ascending bucket edges, aware; one more than there are buckets.

    Notes
    -----
    Equal widths are an integer division. Uneven ones (months, days around a clock change) are looked
    up by slot, the slot being the largest width that divides every bucket: an exact equi-join.
    """
    marks = [micros(edge) for edge in edges]
    first, last = marks[0], marks[-1]
    slot = 0
    for mark in marks[1:]:
        slot = gcd(slot, mark - first)
    inside = table.filter((moment >= first) & (moment < last))
    number = _whole_division(table, moment - first, slot)
    if slot * (len(marks) - 1) == last - first:
        return inside.mutate(**{name: number})
    if (last - first) // slot > _MOST_SLOTS:  # odd historic offsets: few rows, any way will do
        return inside.mutate(**{name: sum(((moment >= mark).cast("int64") for mark in marks[1:-1]), ibis.literal(0))})
    slots = _slots(marks, slot)
    joined = inside.mutate(_slot=number).join(slots, "_slot")
    return joined.drop("_slot").rename({name: "_bucket"}) if name != "_bucket" else joined.drop("_slot")


def _whole_division(table: Table, number: Any, by: int) -> Any:
    """Divide whole numbers of at least 0; Ibis would have DuckDB divide floats, at twice the price."""
    return _duckdb_divide(number, by) if dialect(table) == "duckdb" else (number // by).cast("int64")


@ibis.udf.scalar.builtin(name="divide", signature=(("int64", "int64"), "int64"))
def _duckdb_divide(number, by):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB's division of whole numbers."""


def _slots(marks: Sequence[int], slot: int) -> Table:
    numbers = [
        index for index, (begin, end) in enumerate(itertools.pairwise(marks)) for _ in range((end - begin) // slot)
    ]
    return ibis.memtable(pa.table({"_slot": range(len(numbers)), "_bucket": pa.array(numbers, pa.int64())}))
