"""Events in the shape of the product's batch export."""

from __future__ import annotations

import json

from tests.ingestion.adapters.exported import read

EVENT = {
    "uuid": "018c1057-a2a4-7d4a-a3d7-1a1f2a6b0c0d",
    "event": "$pageview",
    "distinct_id": "ann",
    "timestamp": "2024-05-01T10:00:00.123000Z",
    "properties": {
        "$current_url": "https://example.org/a", "$ip": "192.0.2.1", "$browser": "Firefox", "$browser_version": 124,
        "$os": "Windows", "$device_type": "Desktop", "$session_id": "s1", "$referrer": "$direct",
        "$geoip_country_code": "DE", "$lib": "web", "plan": "pro",
    },
}  # fmt: skip


def test_dollar_properties_become_columns_and_internals_go(tmp_path):
    (row,), receipt = read(tmp_path, EVENT)
    assert receipt.format == "posthog"
    assert (row["event"], row["event_id"], row["user_id"], row["session_id"]) == (
        "page.view", EVENT["uuid"], "ann", "s1",
    )  # fmt: skip
    assert (row["browser"], row["browser_version"], row["device_type"], row["country"]) == (
        "Firefox", "124", "desktop", "DE",
    )  # fmt: skip
    assert row["said"] == {"plan": "pro"}
    assert row["referrer"] is None


def test_properties_as_text_are_read_and_broken_ones_kept_aside(tmp_path):
    text = {**EVENT, "properties": json.dumps({"plan": "free"})}
    broken = {**EVENT, "uuid": "2", "properties": "{oops"}
    (row,), receipt = read(tmp_path, text, broken)
    assert row["said"] == {"plan": "free"}
    assert receipt.reasons == {"malformed": 1}
