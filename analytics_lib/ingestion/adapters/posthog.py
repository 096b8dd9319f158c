"""Events of a PostHog export: a batch export as JSON lines, or the answer of its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from analytics_lib.ingestion.adapters.converted import converting, without
from analytics_lib.ingestion.formats import Format, Sample

_NAMES: Final = {
    "$pageview": "page.view", "$pageleave": "page.leave", "$screen": "screen.view", "$autocapture": "user.action",
    "$identify": "user.identified", "$exception": "error.occurred",
}  # fmt: skip
_COLUMNS: Final = {
    "session_id": "$session_id", "url": "$current_url", "referrer": "$referrer", "ip": "$ip",
    "user_agent": "$raw_user_agent", "browser": "$browser", "browser_version": "$browser_version", "os": "$os",
    "os_version": "$os_version", "device_type": "$device_type", "viewport_width": "$viewport_width",
    "country": "$geoip_country_code", "region": "$geoip_subdivision_1_name", "city": "$geoip_city_name",
    "sent_at": "$sent_at",
}  # fmt: skip


def _recognises(sample: Sample) -> bool:
    known = [item for item in sample.objects if {"event", "distinct_id", "timestamp"} <= set(item)]
    return sample.kind == "documents" and len(known) * 2 > len(sample.objects)


def _convert(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Lift the product's own ``$`` properties into columns; the rest of them are its internals and go."""
    properties = event.get("properties") or {}
    properties = json.loads(properties) if isinstance(properties, str) else dict(properties)
    lifted = {column: properties.pop(name, None) for column, name in _COLUMNS.items()}
    lifted["referrer"] = None if lifted["referrer"] == "$direct" else lifted["referrer"]
    yield {
        **lifted,
        "event_id": event.get("uuid") or event.get("id"),
        "event_name": _NAMES.get(event["event"], event["event"]),
        "event_time": event["timestamp"],
        "user_id": event["distinct_id"],
        "properties": without({name: value for name, value in properties.items() if not name.startswith("$")}),
    }


POSTHOG: Final = Format(
    name="posthog",
    title="PostHog export (JSON): event, distinct_id, timestamp, properties with $…",
    kind="documents",
    recognises=_recognises,
    translate=converting(_convert),
)
"""People are ``distinct_id`` as sent; merging them into persons is not undone or redone."""
