"""Pseudonyms: who somebody is becomes a keyed digest; the keys lie outside the lake and can be rotated."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from analytics_lib.errors import PrivacyError

FIRST_EPOCH: Final = "0"
"""Name of a key's first epoch; it changes only when somebody rotates the key."""

PEOPLE: Final = "user_id"
"""Purpose of the key that names people."""

EVENT_IDS: Final = "event_id"
"""Purpose of the key behind ids made from content; never rotated, or a second load would double everything."""

_FILE: Final = "pseudonym_keys.json"
_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Key:
    """One secret: of one tenant, for one purpose, in one epoch."""

    tenant_id: str
    """Whose."""
    purpose: str
    """What for; the same value has other pseudonyms for other purposes."""
    epoch: str
    """Its number, as text; written in front of each pseudonym."""
    secret: str
    """256 random bits, in hexadecimal."""
    made_at: str
    """When, in UTC."""

    def __repr__(self) -> str:
        """Never show the secret, not even in a traceback."""
        return f"Key({self.tenant_id!r}, {self.purpose!r}, epoch {self.epoch})"

    def digest(self, value: str) -> str:
        """Give the pseudonym of one value: the epoch, and 128 bits of its HMAC-SHA-256."""
        made = hmac.digest(bytes.fromhex(self.secret), value.encode("utf-8", "replace"), "sha256")
        return f"{self.epoch}-{made.hex()[:_DIGITS]}"


class Keys:
    """The pseudonym keys of a workspace, in one file that only its owner may read."""

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / _FILE

    def __repr__(self) -> str:
        return f"Keys({str(self.path)!r})"

    def __len__(self) -> int:
        return len(self._read())

    def __bool__(self) -> bool:
        return True

    def key(self, tenant_id: str, purpose: str = PEOPLE) -> Key:
        """Give the key in use; it is made at its first use.

        Raises
        ------
        PrivacyError
            The file can't be read or is damaged. It is never made anew over an existing one: everybody
            would become somebody else.
        """
        found = self._newest(tenant_id, purpose)
        if found is not None:
            return found
        with self._lock():
            return self._newest(tenant_id, purpose) or self._add(tenant_id, purpose, FIRST_EPOCH)

    def rotate(self, tenant_id: str, purpose: str = PEOPLE) -> Key:
        """Begin a new epoch; people before and after it can't be joined any more.

        Raises
        ------
        PrivacyError
            The purpose is the one of event ids: with a new key every second load would double the data.
        """
        if purpose == EVENT_IDS:
            raise PrivacyError("the key of event ids is not rotated", "Rotate the key of user_id instead.")
        with self._lock():
            newest = self._newest(tenant_id, purpose)
            return self._add(tenant_id, purpose, str(int(newest.epoch) + 1) if newest else FIRST_EPOCH)

    def pseudonyms(self, tenant_id: str, values: Any, purpose: str = PEOPLE) -> Any:
        """Give the pseudonyms of an Arrow column of text; unknown stays unknown."""
        import pyarrow as pa

        key = self.key(tenant_id, purpose)
        coded = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        coded = coded.dictionary_encode()
        made = [None if value is None else key.digest(value) for value in coded.dictionary.to_pylist()]
        return pa.array(made, pa.string()).take(coded.indices)

    def every_pseudonym(self, tenant_id: str, value: str, purpose: str = PEOPLE) -> tuple[str, ...]:
        """Give the pseudonyms one person has had, one for each epoch; to find or erase somebody."""
        return tuple(key.digest(value) for key in self._of(tenant_id, purpose))

    def epochs(self, tenant_id: str, purpose: str = PEOPLE) -> tuple[str, ...]:
        """Give the epochs of a key, oldest first."""
        return tuple(key.epoch for key in self._of(tenant_id, purpose))

    def forget(self, tenant_id: str) -> int:
        """Destroy all keys of a tenant, so that nobody can be found again; gives how many there were."""
        with self._lock():
            kept = [key for key in self._read() if key.tenant_id != tenant_id]
            gone = len(self._read()) - len(kept)
            self._write(kept)
            return gone

    def _of(self, tenant_id: str, purpose: str) -> list[Key]:
        found = [key for key in self._read() if (key.tenant_id, key.purpose) == (tenant_id, purpose)]
        return sorted(found, key=lambda key: int(key.epoch))

    def _newest(self, tenant_id: str, purpose: str) -> Key | None:
        found = self._of(tenant_id, purpose)
        return found[-1] if found else None

    def _add(self, tenant_id: str, purpose: str, epoch: str) -> Key:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        key = Key(tenant_id, purpose, epoch, secrets.token_hex(32), now)
        self._write([*self._read(), key])
        return key

    def _read(self) -> list[Key]:
        if not self.path.exists():
            return []
        try:
            return [Key(**entry) for entry in json.loads(self.path.read_text(encoding="utf-8"))]
        except (OSError, ValueError, TypeError) as problem:
            fact = f"the pseudonym keys in {self.path.name} can't be read ({type(problem).__name__})"
            advice = "Restore the file from a backup; without it nobody in the lake can be recognised again."
            raise PrivacyError(fact, advice) from problem

    def _write(self, keys: Iterable[Key]) -> None:
        """Replace the file in one step; a crash leaves the old one or the new one, never half of one."""
        beside = self.path.with_suffix(f".{os.getpid()}.new")
        text = json.dumps([asdict(key) for key in keys], indent=1)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def _lock(self) -> AbstractContextManager[Any]:
        from filelock import FileLock

        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileLock(self.path.with_suffix(".lock"), mode=0o600)


def epoch_of(pseudonym: str) -> str:
    """Give the epoch in which a pseudonym was made.

    Examples
    --------
    >>> epoch_of("0-9f86d081884c7d659a2feaa0c55ad015")
    '0'
    """
    return pseudonym.partition("-")[0]


def derived_secret(key: Key) -> bytes:
    """Give 64 bytes made from a key, to begin a keyed SHA-256 with (one block of it)."""
    return hashlib.sha512(b"analytics_lib:" + bytes.fromhex(key.secret)).digest()
