"""Two independent 64-bit hashes of a name: moved and compared many times faster than text on the local engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import ibis

from analytics_lib.engine.tables import Table, dialect

PERSON_KEY: Final = "_person_key"
"""Hidden column of stored events: a 63-bit number that follows from tenant and user."""


@ibis.udf.scalar.builtin(name="hash", signature=(("string",), "uint64"))
def _hash(text):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB's hash; it may differ between its versions, so it never leaves a query's life."""


@ibis.udf.scalar.builtin(name="hash", signature=(("string", "string"), "uint64"))
def _hash_pair(owner, text):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB's hash of two values together."""


def key_pair(table: Table, columns: Sequence[str]) -> tuple[Any, Any | None] | None:
    """Give two hashes of one or two text columns; None where the engine or a type has none.

    Where the table has the stored key of its people, that is the first, and there is no second: it was
    made from the names when they were stored, and two of a million people share one once in 2²⁴ lakes.

    Both are null where the last column is. Equal names have equal pairs. Different names have equal
    first hashes once in 2⁶⁴, and then equal second ones about once in 2⁶⁴ again: who uses the first
    as a name must compare the second, and read the text where they disagree.

    Parameters
    ----------
    columns
        One or two text columns: the thing, or its owner and the thing.
    """
    if PERSON_KEY in table.columns and tuple(columns) == ("tenant_id", "user_id"):
        return table[PERSON_KEY], None
    local = dialect(table) == "duckdb" and all(table[name].type().is_string() for name in columns)
    if not local or not 1 <= len(columns) <= 2:
        return None
    thing = table[columns[-1]]
    known = thing.notnull()
    if len(columns) == 1:
        pair = _hash(thing), _hash(thing.substr(1))
    else:
        owner = table[columns[0]]
        pair = _hash_pair(owner, thing), _hash_pair(thing.substr(1), owner)
    nothing = ibis.null("uint64")
    return known.ifelse(pair[0], nothing), known.ifelse(pair[1], nothing)
