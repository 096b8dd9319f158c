"""Equal events have equal names, others have not, and repeats are told from contradictions."""

from __future__ import annotations

import hashlib
import uuid

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.ingestion.identity import (
    SeenEvents,
    batch_name,
    content_texts,
    digest_ids,
    hashes,
    joined,
    row_texts,
    uuid_texts,
)
from analytics_lib.privacy.pseudonyms import EVENT_IDS, Keys, derived_secret


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=5))
def test_ids_are_uuids_of_version_8_with_the_bits_of_the_digest(digests):
    for text, digest in zip(uuid_texts(b"".join(digests)).to_pylist(), digests, strict=True):
        made = uuid.UUID(text)
        assert (made.version, made.variant) == (8, uuid.RFC_4122)
        assert (made.int >> 80) == int.from_bytes(digest[:6])


def test_an_id_is_the_sha256_of_the_content_and_keyed_at_rest(tmp_path):
    texts, tenants = pa.array(["x"]), pa.array(["t"])
    plain = digest_ids(texts, tenants, None).to_pylist()[0]
    assert plain == uuid_texts(hashlib.sha256(b"x").digest()[:16]).to_pylist()[0]
    keys = Keys(tmp_path)
    secret = derived_secret(keys.key("t", EVENT_IDS))
    keyed = digest_ids(texts, tenants, keys).to_pylist()[0]
    assert keyed == uuid_texts(hashlib.sha256(secret + b"x").digest()[:16]).to_pylist()[0]


def test_tenants_do_not_share_ids(tmp_path):
    ids = digest_ids(pa.array(["x", "x"]), pa.array(["a", "b"]), Keys(tmp_path)).to_pylist()
    assert ids[0] != ids[1]


def test_an_empty_column_and_no_column_are_the_same_content():
    bare = pa.table({"event_name": ["a"], "user_id": ["u"]})
    assert content_texts(bare).equals(content_texts(bare.append_column("url", pa.nulls(1, pa.string()))))


def test_rows_that_say_nothing_keep_their_place():
    table = pa.table({"event_name": pa.array(["a", None, "b"]), "url": pa.array([None, None, "x"])})
    assert len(content_texts(table)) == 3


def test_when_an_event_came_is_not_part_of_what_it_says():
    early = pa.table({"event_name": ["a"], "received_at": pa.array([1], pa.timestamp("us", "UTC"))})
    late = pa.table({"event_name": ["a"], "received_at": pa.array([2], pa.timestamp("us", "UTC"))})
    assert content_texts(early).equals(content_texts(late))


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xy")), max_size=30), st.integers(1, 7))
def test_repeats_and_contradictions_are_those_of_a_plain_dictionary(drawn, size):
    known: dict[str, str] = {}
    expected = []
    for name, content in drawn:
        expected.append((name in known and known[name] == content, name in known and known[name] != content))
        known.setdefault(name, content)
    seen, found = SeenEvents(), []
    for start in range(0, len(drawn), size):
        part = drawn[start : start + size]
        masks = seen.judge(*(hashes(pa.array([row[side] for row in part])) for side in (0, 1)))
        found += list(zip(*(mask.tolist() for mask in masks), strict=True))
    assert found == expected


def test_many_small_stretches_are_kept_in_few_runs():
    seen = SeenEvents()
    for start in range(0, 2000, 10):
        names = hashes(pa.array([f"n{number}" for number in range(start, start + 10)]))
        duplicate, conflict = seen.judge(names, names)
        assert not duplicate.any()
        assert not conflict.any()
    assert len(seen._names) < 12
    assert seen.judge(hashes(pa.array(["n0", "n1999"])), hashes(pa.array(["n0", "n1999"])))[0].all()


def test_a_batch_is_named_by_its_events():
    assert batch_name(pa.array(["a", "b"])) == batch_name(pa.array(["a", "b"])) != batch_name(pa.array(["b", "a"]))


def test_rows_are_named_by_file_and_line():
    assert row_texts("d", pa.array([2, 3])).to_pylist() == ["d:2", "d:3"]
    assert joined([pa.array(["a"]), pa.array(["b"])]).to_pylist() == ["a\x1fb"]


@pytest.mark.parametrize("count", [0, 1])
def test_no_events_are_no_problem(count):
    names = hashes(pa.array(["a"] * count, pa.string()))
    duplicate, _ = SeenEvents().judge(names, names)
    assert duplicate.tolist() == [False] * count
    assert np.asarray(duplicate).dtype == bool
