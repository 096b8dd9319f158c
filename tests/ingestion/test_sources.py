"""Files are found and opened whatever their compression and encoding, and cut into whole lines."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma

import pytest

from analytics_lib.errors import InstallationError, SourceError
from analytics_lib.ingestion.sources import find_sources, line_blocks

TEXT = "a,b\n1,ü\n2,x\n".encode()


@pytest.mark.parametrize(
    ("name", "compress"),
    [("x.csv", bytes), ("x.gz", gzip.compress), ("x.xz", lzma.compress), ("x.bz2", bz2.compress), ("x", gzip.compress)],
)  # fmt: skip
def test_compression_is_told_by_content_not_by_name(tmp_path, name, compress):
    (tmp_path / name).write_bytes(compress(TEXT))
    (source,) = find_sources(tmp_path / name)
    with source.open() as content:
        assert content.read() == TEXT


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_encoding(tmp_path, encoding):
    (tmp_path / "x.csv").write_bytes(TEXT.decode().encode(encoding))
    assert find_sources(tmp_path / "x.csv")[0].head() == TEXT


def test_a_folder_gives_its_files_in_order_and_no_hidden_ones(tmp_path):
    for name in ("b.csv", "a/c.csv", ".hidden", ".git/x.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(TEXT)
    assert [source.name for source in find_sources(tmp_path)] == ["c.csv", "b.csv"]
    assert [source.name for source in find_sources(tmp_path / "*.csv")] == ["b.csv"]


def test_nothing_there_is_said_with_advice(tmp_path):
    with pytest.raises(SourceError, match="no file at"):
        find_sources(tmp_path / "none.csv")


def test_blocks_hold_whole_lines_whatever_their_size(tmp_path):
    (tmp_path / "x").write_bytes(b"one\r\ntwo\r\n\nlast")
    (source,) = find_sources(tmp_path / "x")
    for size in (1, 3, 7, 1000):
        lines = [line for block in line_blocks(source, size) for line in block]
        assert [line.rstrip(b"\r") for line in lines] == [b"one", b"two", b"", b"last"]


def test_damaged_compression_is_said_after_what_could_be_read(tmp_path):
    raw = b"".join(
        b"%d,%s\n" % (number, hashlib.sha256(b"%d" % number).hexdigest().encode()) for number in range(20_000)
    )
    (tmp_path / "x.gz").write_bytes(gzip.compress(raw)[:-1000])
    blocks = line_blocks(find_sources(tmp_path / "x.gz")[0], 100_000)
    assert len(next(blocks)) > 100
    with pytest.raises(SourceError, match="damaged"):
        list(blocks)


def test_an_unread_compression_is_named(tmp_path):
    (tmp_path / "x").write_bytes(b"\x28\xb5\x2f\xfd0000")
    with pytest.raises(InstallationError, match="zstandard"):
        find_sources(tmp_path / "x")[0].open()


def test_the_digest_is_the_files_sha256(tmp_path):
    (tmp_path / "x").write_bytes(TEXT)
    assert find_sources(tmp_path / "x")[0].digest() == hashlib.sha256(TEXT).hexdigest()
