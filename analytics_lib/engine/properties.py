"""Values inside the JSON columns ``properties`` and ``context``, read the same on every engine."""

from __future__ import annotations

from typing import Any

import ibis

from analytics_lib.engine.tables import Table, dialect


@ibis.udf.scalar.builtin(name="json_extract_string", signature=(("string", "string"), "string"))
def _duckdb_text(document, path):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB's text of a JSON value."""


@ibis.udf.scalar.builtin(name="json_valid", signature=(("string",), "boolean"))
def _duckdb_valid(document):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """DuckDB refuses broken JSON with an error; asked first, it is just unknown."""


@ibis.udf.scalar.builtin(name="get_json_object", signature=(("string", "string"), "string"))
def _spark_text(document, path):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Spark's text of a JSON value; null where the document is broken."""


def known(column: Any) -> Any:
    """Give a column in which what is no number is missing: engines hold NaN and null apart, people don't."""
    return column.isnan().ifelse(ibis.null(), column) if column.type().is_floating() else column


def property_text(table: Table, column: str, key: str) -> Any:
    """Give the value under `key` as text; null where it is missing, null, or the document is broken.

    Parameters
    ----------
    column
        A column of JSON text, or a struct or map with text keys.

    Examples
    --------
    >>> import ibis
    >>> table = ibis.memtable({"properties": ['{"plan": "pro", "seats": 3}', "{", None]})
    >>> property_text(table, "properties", "seats").to_list()
    ['3', None, None]
    """
    document = table[column]
    kind = document.type()
    if kind.is_struct():
        return known(document[key]).cast("string") if key in kind.names else ibis.null("string")
    if kind.is_map():
        return known(document.get(key)).cast("string")
    text = document.cast("string")
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    if dialect(table) == "duckdb":
        return ibis.ifelse(_duckdb_valid(text), _duckdb_text(text, f'$."{escaped}"'), ibis.null("string"))
    if dialect(table) in {"pyspark", "databricks"}:
        return _spark_text(text, f"$['{key}']")
    return document.cast("json")[key].str


def property_number(table: Table, column: str, key: str) -> Any:
    """Give the value under `key` as a float; null where it is missing or not a number.

    A number in quotes is a number too; ``true``, ``NaN`` and ``12 kg`` are none. Engines read such words
    in ways of their own, so that only plain numbers are let through.

    Examples
    --------
    >>> import ibis
    >>> table = ibis.memtable({"properties": ['{"amount": 12.5}', '{"amount": "-3e2"}', '{"amount": "NaN"}']})
    >>> property_number(table, "properties", "amount").to_list()
    [12.5, -300.0, None]
    """
    text = property_text(table, column, key)
    plain = text.re_search(r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$")
    number = ibis.ifelse(plain, text, ibis.null("string")).cast("float64")
    return ibis.ifelse(number.isinf(), ibis.null("float64"), number)  # too large for a float is unknown as well
