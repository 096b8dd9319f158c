"""Events in the shape of the published export schema: https://support.google.com/analytics/answer/7029846."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ingestion.adapters.exported import read


def test_typed_parameters_become_properties_and_the_session_is_the_persons(tmp_path):
    event = {
        "event_date": "20210131",
        "event_timestamp": "1612069510766593",
        "event_name": "page_view",
        "event_params": [
            {"key": "ga_session_id", "value": {"int_value": "661084800"}},
            {"key": "page_location", "value": {"string_value": "https://shop.example.org/"}},
            {"key": "engagement_time_msec", "value": {"int_value": "12"}},
            {"key": "ratio", "value": {"double_value": 0.5}},
            {"key": "empty", "value": {}},
        ],
        "user_pseudo_id": "1026454.4271112504",
        "user_properties": [{"key": "plan", "value": {"string_value": "pro"}}],
        "device": {"category": "mobile", "operating_system": "Android", "language": "en-us",
                   "web_info": {"browser": "Chrome", "browser_version": "87.0"}},
        "geo": {"country": "United States", "region": "California", "city": "San Jose"},
        "stream_id": "2100450278",
    }  # fmt: skip
    (row,), receipt = read(tmp_path, event)
    assert receipt.format == "ga4"
    assert row["event_time"] == datetime(2021, 1, 31, 5, 5, 10, 766593, tzinfo=UTC)
    assert (row["event"], row["session_id"]) == ("page.view", "1026454.4271112504.661084800")
    assert (row["url"], row["device_type"], row["browser"]) == ("https://shop.example.org/", "mobile", "Chrome")
    assert row["said"] == {
        "engagement_time_msec": 12, "ratio": 0.5, "country_name": "United States", "user_properties": {"plan": "pro"},
    }  # fmt: skip
