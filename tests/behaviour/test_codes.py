"""Whole numbers for names, and rows in order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.behaviour.codes import distinct, encode, first_above, numbered, ranked


def test_people_of_two_tenants_are_different_and_nobody_is_minus_one() -> None:
    table = pa.table({"tenant_id": ["x", "y", "x", None, "x"], "user_id": ["a", "a", None, "a", "a"]})

    coded = encode(table, ["tenant_id", "user_id"])

    assert coded.codes.tolist() == [0, 1, -1, 2, 0]
    assert coded.keys.to_pylist() == [
        {"tenant_id": "x", "user_id": "a"},
        {"tenant_id": "y", "user_id": "a"},
        {"tenant_id": None, "user_id": "a"},
    ]


def test_a_missing_value_is_a_group_and_the_last_one() -> None:
    coded = ranked(pa.table({"os": ["b", None, "a", "b"]}), ["os"])

    assert coded.codes.tolist() == [1, 2, 0, 1]
    assert coded.keys["os"].to_pylist() == ["a", "b", None]


def test_nothing_has_no_codes() -> None:
    empty = pa.table({"user_id": pa.array([], pa.string())})

    assert encode(empty, ["user_id"]).count == 0
    assert ranked(empty, ["user_id"]).codes.tolist() == []


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12).map(sorted), st.integers(-1, 10))
def test_the_first_place_above_a_bound_is_found_in_each_stretch(values: list[int], bound: int) -> None:
    ends = np.arange(len(values) + 1)

    found = first_above(np.array(values), np.zeros(len(ends), dtype=int), ends, np.full(len(ends), bound))

    assert found.tolist() == [
        next((place for place in range(end) if values[place] > bound), end) for end in ends.tolist()
    ]


@given(st.lists(st.integers(0, 30) | st.integers(0, 2**60)))
def test_different_numbers_are_those_of_a_set(values: list[int]) -> None:
    array = np.array(values, dtype=np.int64)

    found, place = numbered(array)

    assert distinct(array).tolist() == sorted(set(values)) == found.tolist()
    assert found[place].tolist() == values


@pytest.mark.parametrize("chunks", [1, 3])
def test_texts_that_numbers_stand_for_are_numbered_like_plain_ones(chunks: int) -> None:
    texts = pa.array(["b", None, "a", "b", "c", "b"])
    numbers = pa.array([2, None, 1, 2, 4, 2])
    spoken = pa.DictionaryArray.from_arrays(numbers, pa.array(["unused", "a", "b", "unseen", "c"]))
    twice = pa.DictionaryArray.from_arrays(pa.array([2, None, 1, 0, 3, 2]), pa.array(["b", "a", "b", "c"]))
    pieces = [slice(0, 6)] if chunks == 1 else [slice(0, 2), slice(2, 3), slice(3, 6)]
    for kind in (spoken, twice):
        column = pa.chunked_array([kind[piece] for piece in pieces])
        for keep in (True, False):
            coded = encode(pa.table({"name": column}), ["name"], keep_missing=keep)
            expected = encode(pa.table({"name": texts}), ["name"], keep_missing=keep)

            assert coded.count == expected.count == (4 if keep else 3)
            named = coded.keys["name"].to_pylist()
            found = [named[code] if code >= 0 else None for code in coded.codes]
            assert found == ["b", None, "a", "b", "c", "b"]
    assert encode(pa.table({"name": column.slice(0, 0)}), ["name"]).count == 0
