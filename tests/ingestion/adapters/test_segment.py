"""Calls by the published specification: https://segment.com/docs/connections/spec/common/."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ingestion.adapters.exported import read

COMMON = {
    "anonymousId": "507f191e810c19729de860ea",
    "context": {
        "ip": "8.8.8.8",
        "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_5) AppleWebKit/537.36 Chrome/40.0 Safari/537.36",
        "locale": "en-US",
        "page": {"url": "https://example.org/a", "referrer": "https://example.org/"},
        "library": {"name": "analytics.js"},
    },
    "messageId": "022bb90c-bbac-11e4-8dfc-aa07a5b093db",
    "originalTimestamp": "2015-02-23T22:28:00.000Z",
    "sentAt": "2015-02-23T22:28:50.000Z",
    "receivedAt": "2015-02-23T22:28:55.387Z",
    "timestamp": "2015-02-23T22:28:05.387Z",
}


def test_a_track_call_keeps_its_corrected_time_and_the_evidence(tmp_path):
    call = {**COMMON, "type": "track", "event": "Report Exported", "userId": "97980cfea0067", "properties": {"rows": 9}}
    (row,), receipt = read(tmp_path, call)
    assert receipt.format == "segment"
    assert (row["event"], row["event_id"], row["user_id"]) == ("Report Exported", COMMON["messageId"], "97980cfea0067")
    assert row["event_time"] == datetime(2015, 2, 23, 22, 28, 5, 387000, tzinfo=UTC)
    assert row["client_time"] == datetime(2015, 2, 23, 22, 28, tzinfo=UTC)
    assert (row["browser"], row["os"], row["language"], row["url"]) == (
        "Chrome",
        "macOS",
        "en-US",
        "https://example.org/a",
    )
    assert row["said"] == {"rows": 9, "anonymous_id": COMMON["anonymousId"]}
    assert "8.8.8.8" not in str(row)


def test_pages_are_views_and_identities_events_of_their_own(tmp_path):
    page = {**COMMON, "type": "page", "name": "Home", "properties": {"url": "https://example.org/b"}}
    identify = {**COMMON, "type": "identify", "messageId": "2", "userId": "u", "traits": {"plan": "pro"}}
    rows, _ = read(tmp_path, page, identify)
    assert [(row["event"], row["user_id"]) for row in rows] == [
        ("page.view", COMMON["anonymousId"]), ("user.identified", "u"),
    ]  # fmt: skip
    assert (rows[0]["url"], rows[0]["said"]["page_name"], rows[1]["said"]["plan"]) == (
        "https://example.org/b",
        "Home",
        "pro",
    )
