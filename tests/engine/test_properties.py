"""Values inside JSON columns."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from analytics_lib.engine.properties import property_number, property_text


def test_a_value_is_text_and_what_is_missing_or_broken_is_unknown() -> None:
    table = ibis.memtable({"properties": ['{"plan": "pro"}', '{"plan": null}', "{}", "no json", None]})

    assert property_text(table, "properties", "plan").to_list() == ["pro", None, None, None, None]


@pytest.mark.parametrize("key", ["a.b", 'say "hi"', "$weird"])
def test_keys_are_taken_literally(key: str) -> None:
    import json

    table = ibis.memtable({"properties": [json.dumps({key: True, "a": {"b": 1}})]})

    assert property_text(table, "properties", key).to_list() == ["true"]


def test_structs_and_maps_are_read_too() -> None:
    struct = ibis.memtable(pa.table({"properties": [{"plan": "pro"}]}))
    mapped = ibis.memtable(pa.table({"properties": pa.array([[("plan", "pro")]], pa.map_(pa.string(), pa.string()))}))

    assert property_text(struct, "properties", "plan").to_list() == ["pro"]
    assert struct.select(value=property_text(struct, "properties", "other")).value.to_list() == [None]
    assert property_text(mapped, "properties", "plan").to_list() == ["pro"]


@pytest.mark.parametrize("kind", [pa.struct([("size", pa.float64())]), pa.map_(pa.string(), pa.float64())], ids=str)
def test_what_is_no_number_is_missing_inside_structs_and_maps_too(kind: pa.DataType) -> None:
    sizes = [1.5, float("nan"), None]
    rows = [{"size": size} if pa.types.is_struct(kind) else [("size", size)] for size in sizes]

    table = ibis.memtable(pa.table({"properties": pa.array(rows, kind)}))

    assert property_text(table, "properties", "size").to_list() == ["1.5", None, None]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("3", 3.0), ('"4.50"', 4.5), ("-1e-3", -0.001), ("0", 0.0), ("123456789012", 123456789012.0),
        ("true", None), ('"NaN"', None), ('"inf"', None), ('"1d"', None), ('"0x10"', None), ('""', None),
        ('" 5"', None), ('"1,000"', None), ("null", None), ("[1]", None), ("1e999", None), ('{"a": 1}', None),
    ],
)  # fmt: skip
def test_only_plain_numbers_are_numbers(said: str, number: float | None) -> None:
    table = ibis.memtable({"properties": [f'{{"amount": {said}}}']})

    assert property_number(table, "properties", "amount").to_list() == [number]
