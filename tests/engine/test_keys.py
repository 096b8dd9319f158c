"""Hashes that stand for names within one query."""

from __future__ import annotations

import ibis

from analytics_lib.engine.keys import key_pair


def test_equal_names_have_equal_pairs_and_a_missing_name_has_none() -> None:
    table = ibis.memtable({"tenant_id": ["x", "y", "x", None], "user_id": ["a", "a", "a", None]})

    alone = table.select(*named(key_pair(table, ["user_id"]))).to_pandas()
    owned = table.select(*named(key_pair(table, ["tenant_id", "user_id"]))).to_pandas()

    assert alone.nunique().tolist() == [1, 1]
    assert owned.iloc[:3].nunique().tolist() == [2, 2]
    assert alone.iloc[3].isna().all()
    assert owned.iloc[3].isna().all()


def test_numbers_and_too_many_columns_have_no_pair() -> None:
    table = ibis.memtable({"user_id": [1], "a": ["x"], "b": ["x"], "c": ["x"]})

    assert key_pair(table, ["user_id"]) is None
    assert key_pair(table, ["a", "b", "c"]) is None


def named(pair: tuple | None) -> list:
    assert pair is not None
    return [pair[0].name("first"), pair[1].name("second")]
