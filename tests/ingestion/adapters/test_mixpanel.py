"""Events in the shape of the product's raw export."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ingestion.adapters.exported import read


def test_reserved_properties_become_columns(tmp_path):
    event = {
        "event": "Signed up",
        "properties": {
            "time": 1602611311, "$insert_id": "hpuDqcvpltpCjBsebtxwadtEBDnFAdycabFb", "mp_processing_time_ms": 1,
            "distinct_id": "ann", "$browser": "Chrome", "$city": "Berlin", "mp_country_code": "DE", "plan": "pro",
        },
    }  # fmt: skip
    (row,), receipt = read(tmp_path, event)
    assert receipt.format == "mixpanel"
    assert (row["event"], row["event_time"]) == ("Signed up", datetime(2020, 10, 13, 17, 48, 31, tzinfo=UTC))
    assert (row["event_id"], row["user_id"], row["country"]) == (event["properties"]["$insert_id"], "ann", "DE")
    assert row["said"] == {"plan": "pro"}
