"""JSON texts of many rows at once: columns in, one object a row out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion.blocks import readable, text_column

_NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?$"
_SPECIAL = r'["\\\x00-\x1f]'
_TRUTH = r"^(?i:true|false)$"


def dumps(value: Any) -> str:
    """Write one value as compact JSON, keys sorted; what JSON can't say becomes text.

    Examples
    --------
    >>> dumps({"b": 1, "a": "ü"})
    '{"a":"ü","b":1}'
    """
    return _ENCODER.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return readable(value) if isinstance(value, bytes) else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def quoted(texts: Any) -> Any:
    """Give JSON strings of a text column; null stays null."""
    plain = pc.binary_join_element_wise('"', texts, '"', "")
    special = pc.match_substring_regex(texts, _SPECIAL)
    if not pc.any(special).as_py():
        return plain
    mended = text_column([json.dumps(text, ensure_ascii=False) for text in texts.filter(special).to_pylist()])
    return pc.replace_with_mask(_flat(plain), _flat(pc.fill_null(special, fill_value=False)), mended)


def literals(column: Any, kind: str = "auto") -> Any:
    """Give the JSON literal of each value of a column; null for unknown and for empty text.

    Parameters
    ----------
    column
        Any Arrow column.
    kind
        For text: ``auto`` writes what looks like a JSON number or a truth value as such, digit by digit,
        value by value, so that the outcome never depends on other rows; ``text`` quotes everything;
        ``number`` writes numbers only and leaves the rest quoted; ``boolean`` likewise.
    """
    flat = _flat(column)
    if pa.types.is_string(flat.type) or pa.types.is_large_string(flat.type):
        return _text_literals(pc.if_else(pc.equal(flat, ""), None, flat).cast(pa.string()), kind)
    if pa.types.is_boolean(flat.type) or pa.types.is_integer(flat.type):
        return flat.cast(pa.string())
    if pa.types.is_floating(flat.type):
        return pc.if_else(pc.is_finite(flat), flat, None).cast(pa.string())
    if pa.types.is_timestamp(flat.type) or pa.types.is_date(flat.type):
        return quoted(flat.cast(pa.string()))
    return text_column([None if value is None else dumps(value) for value in flat.to_pylist()])


def _text_literals(texts: Any, kind: str) -> Any:
    written = quoted(texts)
    if kind in {"auto", "number"}:
        written = pc.if_else(pc.fill_null(pc.match_substring_regex(texts, _NUMBER), fill_value=False), texts, written)
    if kind in {"auto", "boolean"}:
        truth = pc.fill_null(pc.match_substring_regex(texts, _TRUTH), fill_value=False)
        written = pc.if_else(truth, pc.utf8_lower(texts), written) if pc.any(truth).as_py() else written
    return written


def objects(parts: Mapping[str, Any], length: int) -> Any:
    """Give one JSON object a row from columns of literals; null parts are left out, keys are sorted.

    Examples
    --------
    >>> objects({"b": literals(pa.array(["x", None])), "a": literals(pa.array(["1", "2"]))}, 2).to_pylist()
    ['{"a":1,"b":"x"}', '{"a":2}']
    """
    if not parts:
        return pa.repeat(pa.scalar("{}"), length)
    written = [pc.binary_join_element_wise(f"{dumps(name)}:", parts[name], ",", "") for name in sorted(parts)]
    return _in_braces(written)


def merged(texts: Iterable[Any]) -> Any:
    """Join columns of JSON objects row by row; the keys must differ, null means an empty object."""
    inner = [pc.utf8_slice_codeunits(pc.fill_null(text, "{}"), 1, -1) for text in texts]
    return _in_braces(
        [pc.if_else(pc.equal(part, ""), None, pc.binary_join_element_wise(part, ",", "")) for part in inner]
    )


def _in_braces(parts: list[Any]) -> Any:
    """Join parts that end with a comma; null parts are left out.

    Arrow's own way to skip nulls while joining drops rows that are null altogether.
    """
    inner = pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")
    return pc.binary_join_element_wise("{", pc.ascii_rtrim(inner, ","), "}", "")


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
