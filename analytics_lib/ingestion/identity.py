"""Names for events that came without one, and the memory of those seen in a load."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.privacy.pseudonyms import EVENT_IDS, Keys, derived_secret

NOT_CONTENT: Final = (
    "event_id", "tenant_id", "event", "category", "event_time", "sent_at", "received_at", "stored_at", "batch_id",
    "day",
)  # fmt: skip
"""Columns that may differ between two deliveries of one event, or that we made ourselves."""

Hashes = npt.NDArray[np.int64]


def content_texts(table: pa.Table) -> Any:
    """Give what each event says as one text; equal texts are equal events.

    Unknown columns are left out, so that it does not matter whether a file has an empty column or none.
    """
    parts = []
    for name in sorted(set(table.column_names) - set(NOT_CONTENT)):
        column = table[name].combine_chunks()
        if column.null_count == len(column):
            continue
        text = column.cast(pa.int64()).cast(pa.string()) if pa.types.is_timestamp(column.type) else column
        parts.append(pc.binary_join_element_wise(f"{name}\x1e", text.cast(pa.string()), "\x1f", ""))
    if not parts:
        return pa.repeat(pa.scalar(""), table.num_rows)
    return pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")


def digest_ids(texts: Any, tenants: Any, keys: Keys | None) -> Any:
    """Give a UUIDv8 for each text: 122 bits of its SHA-256, keyed by the tenant where keys are given.

    Without a key an id could be made from a guess at the content and so confirm it; at rest there is one.
    """
    secrets = {
        tenant: derived_secret(keys.key(tenant, EVENT_IDS)) if keys is not None else b""
        for tenant in pc.unique(tenants).to_pylist()
    }
    contents = texts.cast(pa.binary()).to_pylist()
    if len(secrets) == 1:
        (secret,) = secrets.values()
        digests = [hashlib.sha256(secret + content).digest() for content in contents]
    else:
        owners = tenants.to_pylist()
        digests = [
            hashlib.sha256(secrets[owner] + content).digest() for content, owner in zip(contents, owners, strict=True)
        ]
    whole = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 32)
    return uuid_texts(np.ascontiguousarray(whole[:, :16]).tobytes())


def uuid_texts(digests: bytes) -> Any:
    """Give UUIDs of version 8 (RFC 9562) as text, of 16 bytes each, as an Arrow column.

    Examples
    --------
    >>> uuid_texts(bytes(16)).to_pylist()
    ['00000000-0000-8000-8000-000000000000']
    """
    raw = np.frombuffer(digests, dtype=np.uint8).reshape(-1, 16).copy()
    raw[:, 6] = (raw[:, 6] & 0x0F) | 0x80
    raw[:, 8] = (raw[:, 8] & 0x3F) | 0x80
    digits = np.frombuffer(raw.tobytes().hex().encode(), dtype=np.uint8).reshape(-1, 32)
    text = np.full((len(raw), 36), ord("-"), dtype=np.uint8)
    for start, end, place in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, place : place + end - start] = digits[:, start:end]
    offsets = np.arange(0, 36 * len(raw) + 1, 36, dtype=np.int32)
    return pa.StringArray.from_buffers(len(raw), pa.py_buffer(offsets.tobytes()), pa.py_buffer(text.tobytes()))


def row_texts(file_digest: str, lines: Any) -> Any:
    """Give the text that names each row of a file."""
    return pc.binary_join_element_wise(f"{file_digest}:", lines.cast(pa.string()), "")


def batch_name(event_ids: Any) -> str:
    """Name a batch by the events in it: the same events are the same batch, whatever file they came in."""
    made = hashlib.sha256()
    for text in event_ids.to_pylist():
        made.update(text.encode())
        made.update(b"\n")
    return uuid_texts(made.digest()[:16])[0].as_py()


class SeenEvents:
    """The events of a load so far, 24 bytes each, to tell the repeated from the contradicted.

    Names are compared by 64-bit hashes. Should two ever meet, the second event is a conflict: kept
    aside, not lost.
    """

    def __init__(self) -> None:
        self._names: list[Hashes] = []
        self._order: list[npt.NDArray[np.int64]] = []
        self._contents: list[Hashes] = []

    def judge(self, name: Hashes, content: Hashes) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Tell which events repeat an earlier one, and which claim its name for another content.

        Parameters
        ----------
        name, content
            Hashes of what names each event (tenant and id), and of what it says.

        Returns
        -------
        tuple
            Masks (duplicate, conflict). The first event of a name is neither and is remembered.
        """
        first = np.full(len(name), -1, dtype=np.int64)
        unique, place, inverse = np.unique(name, return_index=True, return_inverse=True)
        first = place[inverse]  # within this stretch
        same_content = content == content[first]
        repeated = first != np.arange(len(name))
        for known, order, said in zip(self._names, self._order, self._contents, strict=True):
            found = np.searchsorted(known, unique)
            hit = found < len(known)
            hit[hit] = known[found[hit]] == unique[hit]
            if hit.any():
                before = np.zeros(len(unique), dtype=np.int64)
                before[hit] = said[order[found[hit]]]
                rows = hit[inverse]
                repeated |= rows
                same_content = np.where(rows, content == before[inverse], same_content)
        self._remember(name[~repeated], content[~repeated])
        return repeated & same_content, repeated & ~same_content

    def _remember(self, names: Hashes, contents: Hashes) -> None:
        """Keep sorted runs, merging those of like size, so that there are only a few."""
        while self._names and len(self._names[-1]) <= 2 * len(names):
            last = self._names.pop()
            said, order = self._contents.pop(), self._order.pop()
            names, contents = np.concatenate([last, names]), np.concatenate([said[order], contents])
        order = np.argsort(names, kind="stable")
        self._names.append(names[order])
        self._contents.append(contents)
        self._order.append(order)


def hashes(texts: Any) -> Hashes:
    """Give 64-bit hashes of texts, good for this process only."""
    return np.fromiter(map(hash, texts.to_pylist()), dtype=np.int64, count=len(texts))


def joined(columns: Sequence[Any]) -> Any:
    """Join columns of text into one that names a row."""
    return pc.binary_join_element_wise(*columns, "\x1f")
