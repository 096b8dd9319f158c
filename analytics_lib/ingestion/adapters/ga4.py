"""Events of the Google Analytics 4 export to BigQuery, saved as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from analytics_lib.ingestion.adapters.converted import converting, without
from analytics_lib.ingestion.formats import Format, Sample
from analytics_lib.ingestion.mapping import EventMapping

_NAMES: Final = {"page_view": "page.view", "session_start": "session.start", "purchase": "order.placed"}
_KINDS: Final = ("string_value", "int_value", "double_value", "float_value")


def _recognises(sample: Sample) -> bool:
    known = [item for item in sample.objects if {"event_timestamp", "event_name", "event_params"} <= set(item)]
    return sample.kind == "documents" and len(known) * 2 > len(sample.objects)


def _parameters(entries: Iterable[dict[str, Any]] | None) -> dict[str, Any]:
    """Give ``{key: value}`` of a list of typed parameters; whole numbers come as text."""
    found: dict[str, Any] = {}
    for entry in entries or ():
        typed = entry.get("value") or {}
        kind = next((kind for kind in _KINDS if typed.get(kind) is not None), None)
        if kind is not None:
            found[entry["key"]] = int(typed[kind]) if kind == "int_value" else typed[kind]
    return found


def _convert(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    said = _parameters(event.get("event_params"))
    device, geo = dict(event.get("device") or {}), dict(event.get("geo") or {})
    web = device.get("web_info") or {}
    session = said.pop("ga_session_id", None)
    person = event.get("user_pseudo_id")
    yield {
        "event_name": _NAMES.get(event["event_name"], event["event_name"]),
        "event_time": event["event_timestamp"],
        "user_id": event.get("user_id") or person,
        "session_id": f"{person}.{session}" if session is not None else None,
        "application_id": event.get("stream_id"),
        "url": said.pop("page_location", None),
        "referrer": said.pop("page_referrer", None),
        "region": geo.get("region"),
        "city": geo.get("city"),
        "device_type": device.get("category"),
        "browser": web.get("browser") or device.get("browser"),
        "browser_version": web.get("browser_version") or device.get("browser_version"),
        "os": device.get("operating_system"),
        "os_version": device.get("operating_system_version"),
        "language": device.get("language"),
        "properties": {
            **without(said),
            **without({
                "country_name": geo.get("country"), "ecommerce": event.get("ecommerce"), "items": event.get("items"),
                "traffic_source": event.get("traffic_source"), "value": event.get("event_value_in_usd"),
                "user_properties": _parameters(event.get("user_properties")),
            }),
        },
    }  # fmt: skip


GA4: Final = Format(
    name="ga4",
    title="Google Analytics 4 export of BigQuery (JSON lines): event_name, event_timestamp, event_params",
    kind="documents",
    recognises=_recognises,
    mapping=EventMapping(time_unit="us"),
    translate=converting(_convert),
)
"""A session is named by the person and the export's own session number; the export names
countries in words, which become the property ``country_name``."""
