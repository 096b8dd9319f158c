"""Numbers for names: fast on the local engine, and never two people for one."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pytest

from analytics_lib.behaviour import identities
from analytics_lib.behaviour.identities import fetch_numbered

TABLE = ibis.memtable(
    pa.table({"tenant_id": ["x", "y", "x", "x"], "user_id": ["a", "a", None, "a"], "size": pa.array([1, 2, 3, 1])})
)


def test_equal_names_have_equal_numbers_and_can_be_read_back() -> None:
    rows, numbers = fetch_numbered(
        TABLE,
        {"person": ["tenant_id", "user_id"], "size": ["size"]},
        lambda keys: TABLE.select(**keys, row=ibis.row_number()),
    )

    person = numbers["person"]
    assert rows.num_rows == 4
    assert person.codes[0] == person.codes[3] != person.codes[1]
    assert person.codes[2] == -1
    assert person.keys.take(pa.array(person.codes[[1, 0]])).to_pylist() == [
        {"tenant_id": "y", "user_id": "a"},
        {"tenant_id": "x", "user_id": "a"},
    ]
    assert person.keys["user_id"].to_pylist() == ["a", "a"]
    assert person.keys.take(pa.array([], pa.int64())).num_rows == 0
    assert numbers["size"].keys["size"].to_pylist() == [1, 2, 3]


def test_two_names_with_one_key_are_noticed_and_read_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    real = identities.key_pair
    monkeypatch.setattr(
        identities, "key_pair", lambda table, columns: (ibis.literal(7, "uint64"), real(table, columns)[1])
    )
    table = ibis.memtable({"user_id": ["ua", "ub", "ua"]})

    _, numbers = fetch_numbered(table, {"person": ["user_id"]}, lambda keys: table.select(**keys))

    assert numbers["person"].codes.tolist() == [0, 1, 0]
    assert isinstance(numbers["person"].keys, pa.Table)


def test_nothing_to_number_is_no_trouble() -> None:
    table = ibis.memtable(pa.table({"user_id": pa.array([], pa.string())}))

    _, numbers = fetch_numbered(table, {"person": ["user_id"]}, lambda keys: table.select(**keys))

    assert numbers["person"].count == 0
    assert np.array_equal(numbers["person"].codes, np.array([], dtype=np.int64))
