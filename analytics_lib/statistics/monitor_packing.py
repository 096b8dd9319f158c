"""Numbers in a monitor's state: exact, compact, and plain text, so that JSON or a database can hold them."""

from __future__ import annotations

import sys
from array import array
from base64 import b64decode, b64encode


def pack_bytes(values: bytes | bytearray) -> str:
    """Write bytes as text."""
    return b64encode(values).decode("ascii")


def unpack_bytes(text: str) -> bytes:
    """Read what :func:`pack_bytes` wrote."""
    return b64decode(text)


def pack_floats(values: array[float]) -> str:
    """Write floats as text, bit by bit, the same on every machine.

    Examples
    --------
    >>> unpack_floats(pack_floats(array("d", [0.1, float("inf")]))).tolist()
    [0.1, inf]
    """
    return pack_bytes(_little(values).tobytes())


def unpack_floats(text: str) -> array[float]:
    """Read what :func:`pack_floats` wrote."""
    values = array("d")
    values.frombytes(unpack_bytes(text))
    return _little(values)


def _little(values: array[float]) -> array[float]:
    if sys.byteorder == "little":
        return values
    swapped = array("d", values)
    swapped.byteswap()
    return swapped
