"""Values inside JSON columns."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from analytics_lib.engine.properties import property_text


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
    assert property_text(struct, "properties", "other").execute() is None
    assert property_text(mapped, "properties", "plan").to_list() == ["pro"]
