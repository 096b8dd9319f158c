"""Visits in the shape of the documented API answer; each action is an event."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ingestion.adapters.exported import read

VISIT = {
    "idSite": "1", "idVisit": "42", "visitIp": "192.0.2.1", "visitorId": "cfbf2e9", "userId": None,
    "countryCode": "de", "city": "Berlin", "deviceType": "Smartphone", "browserName": "Firefox", "languageCode": "de",
    "actionDetails": [
        {"type": "action", "url": "https://example.org/", "pageTitle": "Home", "timestamp": 1714557600},
        {"type": "event", "eventCategory": "video", "eventAction": "play", "timestamp": 1714557605},
        {"type": "ecommerceOrder", "orderId": "7", "revenue": 19.9, "timestamp": 1714557700},
    ],
}  # fmt: skip


def test_each_action_of_a_visit_is_an_event_of_its_session(tmp_path):
    rows, receipt = read(tmp_path, VISIT, as_list=True)
    assert receipt.format == "matomo"
    assert [row["event"] for row in rows] == ["page.view", "play", "order.placed"]
    assert {row["session_id"] for row in rows} == {"42"}
    assert {row["user_id"] for row in rows} == {"cfbf2e9"}
    assert {(row["country"], row["device_type"]) for row in rows} == {("DE", "mobile")}
    assert rows[0]["event_time"] == datetime(2024, 5, 1, 10, 0, tzinfo=UTC)
    assert rows[2]["said"] == {"order_id": "7", "revenue": 19.9}
    assert "192.0.2.1" not in str(rows)


def test_a_visit_without_its_actions_is_kept_aside(tmp_path):
    rows, receipt = read(tmp_path, VISIT, {**VISIT, "actionDetails": None})
    assert (len(rows), receipt.reasons) == (3, {"malformed": 1})
