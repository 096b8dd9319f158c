"""Rows in parts: nobody in two of them, nothing lost, whatever the number of threads."""

from __future__ import annotations

import threading

import numpy as np
import pyarrow as pa
import pytest

from analytics_lib.behaviour import parts
from analytics_lib.engine.connections import thread_count, tune


def table(rows: int) -> pa.Table:
    random = np.random.default_rng(5)
    keys = random.integers(0, 1 << 63, 40, dtype=np.uint64)[random.integers(0, 40, rows)]
    missing = random.random(rows) < 0.1
    return pa.table({"key": pa.array(keys, mask=missing), "place": np.arange(rows)})


def test_every_row_is_in_one_part_and_every_key_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 100)
    rows = table(1000)

    found = parts.each_part(rows, "key", lambda part: part)

    assert len(found) == 16
    assert sorted(place for part in found for place in part["place"].to_pylist()) == list(range(1000))
    where: dict[int | None, set[int]] = {}
    for number, part in enumerate(found):
        assert part["place"].to_pylist() == sorted(part["place"].to_pylist())
        for key in part["key"].to_pylist():
            where.setdefault(key, set()).add(number)
    assert all(len(places) == 1 for places in where.values())
    assert where[None] == {0}


@pytest.mark.parametrize("rows_of_a_batch", [3, 700, 10_000])
def test_texts_and_any_batches_come_out_the_same(rows_of_a_batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 500)
    monkeypatch.setattr(parts, "_ROWS_OF_A_STRETCH", 256)
    rows = table(5_000)
    names = pa.array([None if place % 7 == 0 else f"n{place % 5}" for place in range(5_000)])
    batches = rows.append_column("name", names).to_batches(max_chunksize=rows_of_a_batch)

    found = parts.each_part(pa.Table.from_batches(batches), "key", lambda part: part)

    assert len(found) == 16
    named = {
        place: name
        for part in found
        for place, name in zip(*part.select(["place", "name"]).to_pydict().values(), strict=True)
    }
    assert named == dict(enumerate(names.to_pylist()))
    assert all(part["place"].to_pylist() == sorted(part["place"].to_pylist()) for part in found)


@pytest.mark.parametrize("key", ["key", None])
def test_few_rows_and_rows_without_a_key_are_one_part(key: str | None) -> None:
    rows = table(50)

    assert parts.each_part(rows, key, lambda part: part.equals(rows)) == [True]


@pytest.mark.parametrize("threads", [1, 3])
def test_as_many_threads_work_as_the_engine_has(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = thread_count()
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 100)
    seen: set[int] = set()
    meet = threading.Barrier(threads)

    def work(part: pa.Table) -> int:
        if len(seen) < threads:
            seen.add(threading.get_ident())
            meet.wait(30)
        return part.num_rows

    tune(threads=threads)
    try:
        assert sum(parts.each_part(table(1000), "key", work)) == 1000
    finally:
        tune(threads=before)
    assert len(seen) == threads


def test_a_failure_in_a_part_is_the_failure_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 100)

    def work(part: pa.Table) -> int:
        raise ValueError(f"{part.num_rows > 0}")

    with pytest.raises(ValueError, match="True"):
        parts.each_part(table(1000), "key", work)


def test_numbers_of_parts_follow_each_other_and_nothing_stays_nothing() -> None:
    found = parts.joined_numbers([np.array([1, -1, 0]), np.array([], dtype=np.int64), np.array([-1, 0])], [2, 0, 1])

    assert found.tolist() == [1, -1, 0, -1, 2]


@pytest.mark.parametrize("rows", [50, 5_000])
def test_only_wanted_rows_are_in_parts_in_their_order(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_OF_A_PART", 100)
    monkeypatch.setattr(parts, "_ROWS_LOOKED_AT", 700)

    found = parts.each_part(table(rows), "key", lambda part: part, lambda some: some["place"].to_numpy() % 3 == 0)

    assert len(found) == (1 if rows == 50 else 32)
    assert sorted(place for part in found for place in part["place"].to_pylist()) == list(range(0, rows, 3))
    assert all(part["place"].to_pylist() == sorted(part["place"].to_pylist()) for part in found)


def test_rows_of_which_none_is_wanted_are_one_empty_part() -> None:
    nothing = lambda stretch: np.zeros(stretch.num_rows, dtype=bool)  # noqa: E731

    assert parts.each_part(table(10), "key", lambda part: part.num_rows, nothing) == [0]
