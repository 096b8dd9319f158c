"""No bad line stops a CSV file and none is lost: every line is a row or comes back whole."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import SourceError
from analytics_lib.ingestion.delimited import header_of, read_delimited
from analytics_lib.ingestion.sources import Source


def read(tmp_path, content: bytes, size: int = 1 << 20, **options):
    (tmp_path / "x.csv").write_bytes(content)
    rows, broken = [], []
    for block in read_delimited(Source(tmp_path / "x.csv", ""), size=size, **options):
        rows += block.rows.to_pylist()
        broken += block.broken
    return rows, broken


def test_rows_are_text_with_their_line_and_empty_is_unknown(tmp_path):
    rows, broken = read(tmp_path, b"a,b\n1,\n,x\n")
    assert rows == [{"a": "1", "b": None, "_line": 2}, {"a": None, "b": "x", "_line": 3}]
    assert broken == []


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(tmp_path, mark):
    rows, _ = read(tmp_path, f"a{mark}b\n1{mark}2\n".encode())
    assert (rows[0]["a"], rows[0]["b"]) == ("1", "2")


def test_bad_lines_come_back_whole_with_their_line_and_the_rest_is_read(tmp_path):
    content = b'a,b\n1,2\n3\n4,5,6\n\n"open,7\n8,9\n\xff,1\n"x\ny",z\nlast,"q""q"\n'
    rows, broken = read(tmp_path, content)
    assert [(row["_line"], row["a"], row["b"]) for row in rows] == [
        (2, "1", "2"), (7, "8", "9"), (9, "x\ny", "z"), (11, "last", 'q"q'),
    ]  # fmt: skip
    assert [(line.line, line.text) for line in broken] == [(3, "3"), (4, "4,5,6"), (6, '"open,7'), (8, "\\xff,1")]


@pytest.mark.parametrize("size", [1, 5, 16, 64, 10_000])
def test_the_size_of_blocks_changes_nothing(tmp_path, size):
    content = b'a,b\n1,"x\n\n y"\n2,5" nail\n"open,3\n4,5\n' + b"6,7\n" * 20
    assert read(tmp_path, content, size) == read(tmp_path, content)


cells = st.text(alphabet='ab,"\n ;', max_size=5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(cells, cells.map(lambda text: text + "z")), min_size=1, max_size=20), st.integers(1, 60))
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, drawn, size):
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([("p", "q"), *drawn])
    rows, broken = read(tmp_path_factory.mktemp("csv"), written.getvalue().encode(), size)
    assert not broken
    assert [(row["p"] or "", row["q"]) for row in rows] == drawn


def test_a_faulty_row_that_is_no_utf8_stops_nothing(tmp_path):
    rows, broken = read(tmp_path, b"a,b\n\xff\n1,2\n\xfe,3\n")
    assert [row["a"] for row in rows] == ["1"]
    assert [(line.line, line.text) for line in broken] == [(2, "\\xff"), (4, "\\xfe,3")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=12), max_size=15))
def test_every_line_of_any_bytes_is_a_row_or_comes_back(tmp_path_factory, drawn):
    lines = [b"a,b", *(raw.replace(b"\n", b"").replace(b"\r", b"") for raw in drawn)]
    rows, broken = read(tmp_path_factory.mktemp("csv"), b"\n".join(lines))
    if not any(b'"' in line for line in lines):
        assert len(rows) + len(broken) == sum(1 for line in lines[1:] if line)


def test_names_are_made_unique(tmp_path):
    rows, _ = read(tmp_path, b"a,,a\n1,2,3\n")
    assert list(rows[0]) == ["a", "column_2", "a_2", "_line"]


def test_a_line_of_more_than_a_megabyte_is_not_kept(tmp_path):
    _, broken = read(tmp_path, b"a,b\n" + b"x" * 2_000_000 + b",1\n")
    assert (broken[0].reason, broken[0].text) == ("too_large", "")


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="must name the columns"):
        read(tmp_path, b"")


def test_header_names_are_trimmed():
    assert header_of(b'a, b ,"c,d"') == ["a", "b", "c,d"]


def test_bytes_that_are_no_text_are_refused_and_not_read_as_columns():
    with pytest.raises(SourceError, match="no header of a text table"):
        header_of(b"\x00\x07\r\xfe,\x01")
