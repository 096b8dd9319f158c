"""JSON in all its forms; a fault costs only what is faulty."""

from __future__ import annotations

import json

import pytest

from analytics_lib.ingestion.documents import one_object_a_line, read_documents
from analytics_lib.ingestion.sources import Source


def read(tmp_path, content: str | bytes):
    (tmp_path / "x.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    blocks = list(read_documents(Source(tmp_path / "x.json", "")))
    objects = [item for block in blocks for item in block.objects]
    lines = [line for block in blocks for line in block.lines]
    return objects, lines, [line for block in blocks for line in block.broken]


@pytest.mark.parametrize(
    "content",
    [
        '{"a": 1}\n{"a": 2}\n',
        '[{"a": 1}, {"a": 2}]',
        '{"events": [{"a": 1}, {"a": 2}]}',
        '{\n "data": [\n  {"a": 1},\n  {"a": 2}\n ]\n}',
    ],
)
def test_one_object_a_line_a_list_and_a_document_are_the_same(tmp_path, content):
    objects, lines, broken = read(tmp_path, content)
    assert (objects, lines, broken) == ([{"a": 1}, {"a": 2}], [1, 2], [])


def test_bad_lines_come_back_whole(tmp_path):
    objects, lines, broken = read(tmp_path, b'{"a": 1}\n{"a": \n\n[1]\n"text"\n\xff\n{"a": NaN}\n')
    assert objects == [{"a": 1}, {"a": None}]
    assert lines == [1, 7]
    assert [(line.line, line.text) for line in broken] == [(2, '{"a": '), (4, "[1]"), (5, '"text"'), (6, "\\xff")]


def test_a_fault_in_a_list_costs_what_follows_it(tmp_path):
    objects, _, broken = read(tmp_path, '[{"a": 1}, 7, {"a": 2}, {"a": oops}, {"a": 3}]')
    assert objects == [{"a": 1}, {"a": 2}]
    assert [line.text for line in broken] == ["7", '{"a": oops}, {"a": 3}]']


def test_nesting_without_end_is_a_broken_line_not_a_crash(tmp_path):
    objects, _, broken = read(tmp_path, "[" * 100_000 + "\n" + '{"a": 1}')
    assert len(objects) + len(broken) >= 1
    deep, _, faulty = read(tmp_path, '{"a": 1}\n{"a": ' + "[" * 100_000 + "\n")
    assert (deep, len(faulty)) == ([{"a": 1}], 1)


def test_a_single_object_over_several_lines_is_one_event(tmp_path):
    objects, _, _ = read(tmp_path, json.dumps({"a": {"b": 1}}, indent=2))
    assert objects == [{"a": {"b": 1}}]


@pytest.mark.parametrize(
    ("head", "answer"),
    [(b'{"a":1}\n', True), (b"[", False), (b'{"events":[', False), (b"oops\n", True), (b'{"a":\n{"b":1}\n', True)],
)
def test_the_first_line_tells_whether_each_line_is_an_object(head, answer):
    assert one_object_a_line(head) is answer
