"""Columns are recognised by any spelling, best first; what is left over becomes properties."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from analytics_lib.errors import MissingColumnError
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.rows import column_targets, sent_events, spelled_columns


def sent(given: dict, **mapping) -> dict:
    length = len(next(iter(given.values())))
    rows = pa.table({**given, "_line": list(range(1, length + 1))})
    return sent_events(rows, EventMapping(**mapping)).to_pydict()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("eventType", "event_type"), ("event-name", "event_name"), ("organizationId", "tenant_id"),
        ("user_pseudo_id", "user_id"), ("distinct_id", "user_id"), ("ipAddress", "ip"), ("userAgent", "user_agent"),
        ("payload", "properties"), ("metadata", "context"), ("Timestamp", "event_time"), ("event_category", "category"),
        ("conversationId", "conversation_id"), ("page_url", "url"), ("correlation_id", "correlation_id"),
    ],
)  # fmt: skip
def test_the_spellings_of_the_source_systems_are_known(name, column):
    assert spelled_columns([name], set()) == {name: column}


def test_of_two_spellings_the_better_one_counts_and_the_other_is_a_property():
    got = sent({"event": ["unstruct"], "event_name": ["click"], "timestamp": ["1"]})
    assert got["event_name"] == ["click"]
    assert json.loads(got["_rest"][0]) == {"event": "unstruct"}


def test_the_rest_becomes_properties_under_its_own_name():
    got = sent({"event": ["a", "b"], "amount": ["12.50", None], "Size": ["L", "M"]})
    assert [json.loads(text) for text in got["_rest"]] == [{"Size": "L", "amount": 12.5}, {"Size": "M"}]


def test_a_mapping_stands_above_spellings():
    got = sent(
        {"What": ["a"], "event": ["b"], "secret": ["s"], "n": ["1"]},
        columns={"event": "What"}, drop=("secret",), types={"n": "text"}, constants={"tenant_id": "t"},
    )  # fmt: skip
    assert (got["event_name"], got["tenant_id"]) == (["a"], ["t"])
    assert json.loads(got["_rest"][0]) == {"event": "b", "n": "1"}


def test_named_properties_take_the_place_of_the_rest():
    got = sent({"event": ["a"], "x": ["1"], "y": ["2"]}, properties={"why": "y"})
    assert json.loads(got["_rest"][0]) == {"why": 2}


@pytest.mark.parametrize("part", [{"columns": {"user_id": "Who"}}, {"properties": {"a": "Who"}}])
def test_a_mapping_that_names_no_column_is_refused_with_those_there_are(part):
    with pytest.raises(MissingColumnError, match="'Who'; the source has event, who. Did you mean 'who'"):
        sent({"event": ["a"], "who": ["b"]}, **part)


def test_json_of_others_is_marked_as_such():
    got = sent({"event": ["a"], "properties": ["{broken"], "context": ["{}"]})
    assert (got["_raw_properties"], got["_raw_context"]) == (["{broken"], ["{}"])


def test_our_own_export_is_taken_back_without_the_stamps():
    got = sent(
        {"event": ["page.view"], "event_name": ["page_view"], "batch_id": ["b"], "day": ["2024-05-01"], "n": ["1"]}
    )
    assert got["event_name"] == ["page_view"]
    assert json.loads(got["_rest"][0]) == {"n": 1}


def test_typed_columns_stay_typed_where_they_are_times_and_become_text_elsewhere():
    got = sent({"event": ["a"], "timestamp": [1714521600], "user_id": [42], "tags": [[1, 2]]})
    assert (got["event_time"], got["user_id"]) == ([1714521600], ["42"])
    assert json.loads(got["_rest"][0]) == {"tags": [1, 2]}


def test_targets_follow_the_order_of_the_columns():
    assert list(column_targets(["timestamp", "event"], EventMapping())) == ["timestamp", "event"]
