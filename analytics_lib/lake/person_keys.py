"""A number for each person, stored beside the name: read many times faster than text, and shown to nobody."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.engine.keys import PERSON_KEY


def with_person_keys(rows: pa.Table) -> pa.Table:
    """Give rows with the key of each person: 63 bits of the BLAKE2b digest of tenant and user; null for nobody.

    The key follows from the name alone, so that it is the same in every file, process and version.

    Parameters
    ----------
    rows
        Arrow table with ``tenant_id`` and ``user_id``.
    """
    named = rows.select(["tenant_id", "user_id"])
    tenants, users = (_encoded(named[name]) for name in named.column_names)
    people = len(users.dictionary) + 1
    pairs = _places(tenants, len(tenants.dictionary)) * people + _places(users, people - 1)
    different, place = np.unique(pairs, return_inverse=True)
    owners, names = [*tenants.dictionary.to_pylist(), None], [*users.dictionary.to_pylist(), None]
    keys = pa.array([_key(owners[pair // people], names[pair % people]) for pair in different.tolist()], pa.int64())
    return rows.append_column(pa.field(PERSON_KEY, pa.int64()), keys.take(pa.array(place)))


def _key(owner: str | None, name: str | None) -> int | None:
    if name is None:
        return None
    said = f"{len(owner or '')}:{owner or ''}{name}".encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big") >> 1


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded


def _places(encoded: pa.DictionaryArray, missing: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray(pc.fill_null(encoded.indices, missing).to_numpy(zero_copy_only=False), dtype=np.int64)
