"""Which of a few texts a column holds: looked up once per different text on the local engine, not once per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis

from analytics_lib.engine.tables import Table, dialect


@ibis.udf.scalar.builtin(name="list_position", signature=(("array<string>", "string"), "int32"))
def _list_position(texts, text):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB's place of a text in a list, from 1."""


def place_in(table: Table, column: str, texts: Sequence[str]) -> Any:
    """Give the expression of the place of each row's text among `texts`, from 1; 0 or null where it is none.

    A filter on it keeps the order of the rows, which DuckDB's ``IN`` with several texts does not.
    """
    if dialect(table) == "duckdb" and table[column].type().is_string():
        return _list_position(ibis.literal(list(texts), "array<string>"), table[column])
    cases = ((text, place) for place, text in enumerate(texts, start=1))
    return table[column].cases(*cases, else_=0).cast("int32")
