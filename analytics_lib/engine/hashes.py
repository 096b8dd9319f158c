"""A hash that is the same on every engine, in every version and in Python: for samples and buckets."""

from __future__ import annotations

import hashlib
from functools import reduce
from typing import Any, Final

import ibis

from analytics_lib.engine.tables import Table, dialect

RANGE: Final = 2**32
"""Hashes are whole numbers from 0 to this, exclusive."""

_BETWEEN: Final = "\x1f"  # ASCII unit separator: ("a", "bc") and ("ab", "c") must differ
_UNKNOWN: Final = "\x1e"


@ibis.udf.scalar.builtin(name="md5", signature=(("string",), "string"))
def _md5(text):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """MD5 as hexadecimal text, on DuckDB and Spark alike; it mixes well, and hides nothing."""


@ibis.udf.scalar.builtin(name="conv", signature=(("string", "int32", "int32"), "string"))
def _spark_base(text, old, new):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Spark's change of base; a cast of hexadecimal text is null there."""


def hash_number(table: Table, *columns: str, seed: str = "") -> Any:
    """Give an int64 expression from 0 to 2³² − 1 that depends on the columns' text and the seed only.

    An engine's own hash differs between engines and versions: a "10 %" sample would not be the same
    people tomorrow. A null counts as a value of its own.

    Parameters
    ----------
    *columns
        Columns whose values are hashed together.
    seed
        Another seed gives an independent hash.

    Examples
    --------
    >>> table = ibis.memtable({"user_id": ["u1"]})
    >>> hash_number(table, "user_id").to_list() == [hash_of("u1")]
    True
    """
    digits = hash_text(table, *columns, seed=seed).substr(0, 8)
    if dialect(table) in {"pyspark", "databricks"}:
        return _spark_base(digits, 16, 10).cast("int64")
    return (ibis.literal("0x") + digits).cast("int64")


def hash_text(table: Table, *columns: str, seed: str = "") -> Any:
    """Give the same hash as 32 hexadecimal digits: a name that is made from values, always the same one.

    Examples
    --------
    >>> table = ibis.memtable({"user_id": ["u1"]})
    >>> int(hash_text(table, "user_id").to_list()[0][:8], 16) == hash_of("u1")
    True
    """
    parts = [table[name].cast("string").fill_null(_UNKNOWN) for name in columns]
    return _md5(reduce(lambda left, right: left + _BETWEEN + right, parts, ibis.literal(seed)))


def hash_of(*values: str | None, seed: str = "") -> int:
    """Give the same hash for values in Python.

    Examples
    --------
    >>> hash_of("u1") == hash_of("u1"), hash_of("a", "bc") == hash_of("ab", "c")
    (True, False)
    """
    text = _BETWEEN.join((seed, *(_UNKNOWN if value is None else value for value in values)))
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:8], 16)


def sampled(table: Table, *columns: str, rate: float, seed: str = "") -> Any:
    """Give a condition that keeps a share of the values of the columns: always the same ones.

    With ``rate`` raised, those kept before stay.

    Examples
    --------
    >>> table = ibis.memtable({"user_id": [f"u{number}" for number in range(1000)]})
    >>> kept = table.filter(sampled(table, "user_id", rate=0.1)).count().execute()
    >>> kept == sum(hash_of(f"u{number}") < 0.1 * RANGE for number in range(1000))
    True
    """
    return hash_number(table, *columns, seed=seed) < round(rate * RANGE)
