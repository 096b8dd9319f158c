"""The five dialects of the source systems become one event."""

from __future__ import annotations

import json

from analytics_lib.ingestion.blocks import ObjectBlock
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.objects import sent_objects


def sent(*objects: dict, **mapping) -> list[dict]:
    table = sent_objects(ObjectBlock(list(objects), list(range(1, len(objects) + 1))), EventMapping(**mapping))
    return [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]


def test_type_and_name_with_flat_circumstances():
    (got,) = sent({
        "id": "1", "type": "page-view", "name": "Home", "timestamp": "2024-05-01T00:00:00Z", "organizationId": "t",
        "userId": "u", "ipAddress": "192.0.2.1", "userAgent": "Mozilla/5.0", "properties": {"b": 1, "a": 2},
    })  # fmt: skip
    assert (got["event_type"], got["event_name"], got["ip"], got["tenant_id"]) == (
        "page-view",
        "Home",
        "192.0.2.1",
        "t",
    )
    assert got["properties"] == '{"a":2,"b":1}'


def test_nested_context_gives_up_address_and_place_and_keeps_the_rest():
    (got,) = sent({
        "eventId": "2", "eventType": "audience.created", "timestamp": 1714521600000,
        "context": {"ipAddress": "192.0.2.1", "geo": {"country": "DE", "zip": "1"}, "service": "x",
                    "device": {"type": "mobile"}},
    })  # fmt: skip
    assert (got["ip"], got["country"], got["device_type"]) == ("192.0.2.1", "DE", "mobile")
    assert json.loads(got["context"]) == {"geo": {"zip": "1"}, "service": "x"}


def test_device_info_gives_up_its_columns_and_keeps_the_rest_as_a_property():
    (got,) = sent({"event_name": "page_view", "device_info": {"viewport_width": 800, "os": "iOS", "screen_width": 9}})
    assert (got["viewport_width"], got["os"]) == ("800", "iOS")
    assert json.loads(got["properties"]) == {"device_info": {"screen_width": 9}}


def test_payload_and_metadata_are_properties_and_context():
    (got,) = sent({"type": "message_sent", "payload": {"tokenCount": 3}, "metadata": {"k": 1}})
    assert (json.loads(got["properties"]), json.loads(got["context"])) == ({"tokenCount": 3}, {"k": 1})


def test_a_reference_written_as_an_object_gives_its_id():
    (got,) = sent({"event": "a", "user": {"id": "7", "plan": "pro"}, "browser": {"name": "Firefox", "version": "9"}})
    assert (got["user_id"], got["browser"], got["browser_version"]) == ("7", "Firefox", "9")
    assert json.loads(got["properties"]) == {"user": {"plan": "pro"}}


def test_properties_and_unknown_keys_are_joined_and_the_properties_count():
    (got,) = sent({"event": "a", "amount": 1, "n": 2, "properties": {"amount": 3}})
    assert json.loads(got["properties"]) == {"amount": 3, "n": 2}


def test_objects_of_different_keys_lie_in_one_table():
    first, second = sent({"event": "a", "user_id": "u"}, {"type": "b", "x": 1})
    assert "user_id" not in second
    assert (first["event_name"], second["event_type"]) == ("a", "b")


def test_dotted_paths_reach_inside():
    (got,) = sent(
        {"what": {"kind": "a"}, "who": {"login": {"id": 5}}, "left": 1},
        columns={"event": "what.kind", "user_id": "who.login.id"}, drop=("who", "what"),
    )  # fmt: skip
    assert (got["event_name"], got["user_id"]) == ("a", "5")
    assert json.loads(got["properties"]) == {"left": 1}


def test_text_that_no_encoding_can_write_is_mended():
    (got,) = sent({"event": "a\ud800"})
    assert got["event_name"] == "a?"


def test_properties_written_as_text_are_marked_as_somebody_elses():
    (got,) = sent({"event": "a", "properties": "{oops", "n": 1})
    assert (got["_raw_properties"], got["_rest"]) == ("{oops", '{"n":1}')
