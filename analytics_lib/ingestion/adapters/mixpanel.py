"""Events of a Mixpanel raw export: JSON lines of event and properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from analytics_lib.ingestion.adapters.converted import converting, without
from analytics_lib.ingestion.formats import Format, Sample
from analytics_lib.ingestion.mapping import EventMapping

_NAMES: Final = {"$mp_web_page_view": "page.view", "$identify": "user.identified"}
_COLUMNS: Final = {
    "event_id": "$insert_id", "event_time": "time", "user_id": "distinct_id", "browser": "$browser",
    "browser_version": "$browser_version", "os": "$os", "os_version": "$os_version", "city": "$city",
    "region": "$region", "country": "mp_country_code", "url": "$current_url", "referrer": "$referrer",
}  # fmt: skip


def _recognises(sample: Sample) -> bool:
    known = [item for item in sample.objects if "event" in item and _is_own(item.get("properties"))]
    return sample.kind == "documents" and len(known) * 2 > len(sample.objects)


def _is_own(properties: object) -> bool:
    return isinstance(properties, dict) and {"time", "distinct_id"} <= set(properties)


def _convert(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Lift the product's reserved properties into columns; what it adds for itself goes."""
    properties = dict(event["properties"])
    lifted = {column: properties.pop(name, None) for column, name in _COLUMNS.items()}
    own = {name: value for name, value in properties.items() if not name.startswith(("$", "mp_"))}
    yield {**lifted, "event_name": _NAMES.get(event["event"], event["event"]), "properties": without(own)}


MIXPANEL: Final = Format(
    name="mixpanel",
    title="Mixpanel raw export (JSON lines): event, properties.time, properties.distinct_id",
    kind="documents",
    recognises=_recognises,
    mapping=EventMapping(),
    translate=converting(_convert),
)
"""Times are as the project exports them: UTC for newer projects; give a mapping with a zone for others."""
