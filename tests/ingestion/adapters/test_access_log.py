"""Log lines give what the lines' own expectation says."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from analytics_lib.ingestion.adapters.access_log import client_address
from analytics_lib.ingestion.files import BadRowsWarning, read_events
from tests.conftest import shared_data


@pytest.fixture(scope="module")
def published():
    return json.loads(shared_data("peer-vectors/beats_access_log.json").read_text())


def test_published_lines_are_read_as_expected(tmp_path, published):
    cases = published["nginx"]
    (tmp_path / "access.log").write_text("\n".join(case["line"] for case in cases) + "\n")
    events = read_events(tmp_path / "access.log").to_pylist()
    assert len(events) == len(cases)
    for event, case in zip(events, cases, strict=True):
        said, expected = json.loads(event["properties"]), case["expected"]
        assert event["event_time"] == datetime.fromisoformat(expected["timestamp"])
        assert (said["status"], said["bytes"], event["url"]) == (expected["status"], expected["bytes"], expected["url"])
        assert (said.get("method"), said.get("http_version")) == (expected["method"], expected["http_version"])
        assert client_address(case["line"].split(" [")[0]) == expected["client_ip"]


def test_published_lines_of_the_other_server_are_all_read(tmp_path, published):
    lines = published["apache_lines_without_expectation"]["lines"]
    (tmp_path / "access.log").write_text("\n".join(lines) + "\n")
    events = read_events(tmp_path / "access.log", format="access_log").to_pylist()
    assert [json.loads(event["properties"])["status"] for event in events] == [404, 404, 408, 404, 200, 408, 200]


def test_pages_are_views_and_everything_else_is_a_call(tmp_path):
    agent = '"Mozilla/5.0 (Windows NT 6.1) Firefox/15.0"'
    lines = [
        f'192.0.2.1 - - [29/May/2017:19:02:48 +0000] "GET /shop?x=1 HTTP/1.1" 200 9 "-" {agent}',
        f'192.0.2.1 - - [29/May/2017:19:02:48 +0000] "GET /style.css HTTP/1.1" 200 9 "-" {agent}',
        f'192.0.2.1 - - [29/May/2017:19:02:48 +0000] "POST /shop HTTP/1.1" 200 9 "-" {agent}',
        f'192.0.2.1 - - [29/May/2017:19:02:48 +0000] "GET /none HTTP/1.1" 404 9 "-" {agent}',
        '192.0.2.9 - ann [29/May/2017:19:02:48 +0000] "GET / HTTP/1.1" 200 9 "-" "Googlebot/2.1"',
    ]
    (tmp_path / "x.log").write_text("\n".join([*lines, lines[0], "oops"]) + "\n")
    with pytest.warns(BadRowsWarning, match="1 of 7 rows"):
        events = read_events(tmp_path / "x.log").to_pylist()
    assert [event["event"] for event in events] == ["page.view", *["api.call"] * 4, "page.view"]  # equal lines are real
    assert len({event["user_id"] for event in events}) == 2
    assert events[4]["user_id"] == "ann"
    assert not any("192.0.2" in str(value) for event in events for value in event.values())
