from __future__ import annotations

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.engine.hashes import RANGE, hash_number, hash_of, sampled

texts = st.one_of(st.none(), st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8))


def test_the_hash_is_the_beginning_of_a_published_one() -> None:
    # RFC 1321, appendix A.5: the MD5 of the empty text is d41d8cd9…, that of "abc" 90015098….
    assert hash_of() == 0xD41D8CD9
    assert hash_of(seed="abc") == 0x90015098


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8), st.sampled_from(["", "other"]))
def test_the_engine_and_python_agree(rows: list[tuple[str | None, str | None]], seed: str) -> None:
    kinds = pa.schema([("a", pa.string()), ("b", pa.string())])
    table = ibis.memtable(pa.Table.from_pylist([{"a": a, "b": b} for a, b in rows], schema=kinds))

    found = table.select(hashed=hash_number(table, "a", "b", seed=seed))["hashed"].to_list()

    assert found == [hash_of(a, b, seed=seed) for a, b in rows]


def test_hashes_fill_their_range_evenly() -> None:
    numbers = [hash_of(f"u{number}") for number in range(10_000)]

    tenths = [sum(number * 10 // RANGE == tenth for number in numbers) for tenth in range(10)]
    assert sum((count - 1000) ** 2 / 1000 for count in tenths) < 27.9  # chi-squared, 9 degrees, p = 0.001


def test_a_larger_sample_holds_the_smaller_one_and_a_seed_gives_another() -> None:
    table = ibis.memtable({"user_id": [f"u{number}" for number in range(2000)]})

    def kept(rate: float, seed: str = "") -> set[str]:
        return set(table.filter(sampled(table, "user_id", rate=rate, seed=seed))["user_id"].to_list())

    assert kept(0.1) < kept(0.2) < kept(1.0) == set(table["user_id"].to_list())
    assert kept(0.0) == set()
    assert kept(0.1) != kept(0.1, seed="b")
