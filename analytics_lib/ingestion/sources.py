"""Files to load: found, opened whatever their compression, named by their digest, cut into blocks of lines."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from analytics_lib.errors import InstallationError, SourceError

BLOCK_BYTES: Final = 16 * 1024 * 1024
"""Decompressed bytes read at once; fixed, so that blocks, and with them batches, are always the same."""

_MAGIC: Final = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstandard"}
_BYTE_ORDER_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file to load."""

    path: Path
    """Where it lies."""
    compression: str
    """``gzip``, ``xz``, ``bzip2``, ``zstandard`` or an empty string, told by its first bytes."""

    @property
    def name(self) -> str:
        """Its file name, for messages; folders may tell who somebody is."""
        return self.path.name

    def digest(self) -> str:
        """Give the SHA-256 of the file as it lies on disk, in hexadecimal."""
        with self.path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    def open(self) -> IO[bytes]:
        """Open the decompressed content, in UTF-8; close it after use."""
        stream = _decompressed(self)
        mark = stream.read(4)
        stream.seek(0)
        for byte_order_mark, encoding in _BYTE_ORDER_MARKS.items():
            if mark.startswith(byte_order_mark):
                stream.seek(len(byte_order_mark))
                return _Recoded(stream, encoding)
        stream.seek(len(codecs.BOM_UTF8) if mark.startswith(codecs.BOM_UTF8) else 0)
        return stream

    def head(self, size: int = 65_536) -> bytes:
        """Give the first bytes of the content, in UTF-8."""
        with self.open() as content:
            return content.read(size)


class _Recoded(codecs.StreamRecoder):
    """A stream in another encoding, read as UTF-8."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        info = codecs.lookup(encoding)
        utf8 = codecs.lookup("utf-8")
        super().__init__(stream, utf8.encode, utf8.decode, info.streamreader, info.streamwriter, "replace")


def find_sources(path: str | Path) -> tuple[Source, ...]:
    """Give the files that a path names: one file, all files below a folder, or those that match a pattern.

    Hidden files are left out; files come in the order of their paths.

    Raises
    ------
    SourceError
        Nothing is there, or it can't be read.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        found = sorted(item for item in place.rglob("*") if item.is_file() and not _hidden(item, place))
    elif place.exists():
        found = [place]
    else:
        found = sorted(item for item in place.parent.glob(place.name) if item.is_file()) if place.name else []
    if not found:
        raise SourceError(
            f"no file at {str(path)!r}", "Check the path; a folder or a pattern such as logs/*.csv works."
        )
    return tuple(Source(item, _compression(item)) for item in found)


def _hidden(item: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in item.relative_to(folder).parts)


def _compression(path: Path) -> str:
    try:
        with path.open("rb") as content:
            start = content.read(8)
    except OSError as problem:
        reason = problem.strerror or "unreadable"
        raise SourceError(f"{path.name} can't be read ({reason})", "Check its permissions.") from problem
    return next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "")


def _decompressed(source: Source) -> IO[bytes]:
    if source.compression == "gzip":
        import gzip

        return gzip.open(source.path)  # type: ignore[return-value]  # a buffered reader of bytes
    if source.compression == "xz":
        import lzma

        return lzma.open(source.path)
    if source.compression == "bzip2":
        import bz2

        return bz2.open(source.path)
    if source.compression:
        advice = "Decompress the file first, or write it with gzip or xz."
        raise InstallationError(f"{source.name} is compressed with {source.compression}, which can't be read", advice)
    return source.path.open("rb")


def line_blocks(source: Source, size: int = BLOCK_BYTES) -> Iterator[list[bytes]]:
    """Give the lines of a file in blocks, without their line ends; memory holds one block at a time.

    Raises
    ------
    SourceError
        The compressed content is damaged; what came before it was given.
    """
    rest = b""
    with source.open() as content:
        while block := _read(content, size, source):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            if lines:
                yield _without_returns(lines)
    if rest:
        yield _without_returns([rest])


def _read(content: IO[Any], size: int, source: Source) -> bytes:
    import lzma
    import zlib

    try:
        return content.read(size)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as problem:
        advice = "Fetch the file again; what was loaded before the damage stays and is not loaded twice."
        raise SourceError(f"{source.name} is damaged: {problem}", advice) from problem


def _without_returns(lines: list[bytes]) -> list[bytes]:
    return [line.rstrip(b"\r") for line in lines] if any(line.endswith(b"\r") for line in lines[:50]) else lines
