"""Calls of the Segment kind (also RudderStack): track, page, screen, identify, group, alias."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from analytics_lib.ingestion.adapters.converted import converting, without
from analytics_lib.ingestion.formats import Format, Sample

_NAMES: Final = {
    "page": "page.view", "screen": "screen.view", "identify": "user.identified", "group": "user.grouped",
    "alias": "user.aliased",
}  # fmt: skip


def _recognises(sample: Sample) -> bool:
    calls = {*_NAMES, "track"}
    known = [item for item in sample.objects if item.get("type") in calls and {"messageId", "anonymousId"} & set(item)]
    return sample.kind == "documents" and len(known) * 2 > len(sample.objects)


def _convert(call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Take the time that the service corrected, and keep the evidence beside it."""
    context = dict(call.get("context") or {})
    properties = {**(call.get("traits") or {}), **(call.get("properties") or {})}
    page = context.get("page") or {}
    if call["type"] in {"page", "screen"} and call.get("name"):
        properties["page_name"] = call["name"]
    yield {
        "event_id": call.get("messageId"),
        "event_name": call.get("event") if call["type"] == "track" else _NAMES[call["type"]],
        "event_time": call.get("timestamp") or call.get("originalTimestamp"),
        "client_time": call.get("originalTimestamp"),
        "sent_at": call.get("sentAt"),
        "received_at": call.get("receivedAt"),
        "user_id": call.get("userId") or call.get("anonymousId"),
        "url": properties.pop("url", None) or page.get("url"),
        "referrer": properties.pop("referrer", None) or page.get("referrer"),
        "properties": {
            **without(properties),
            **without({"anonymous_id": call.get("anonymousId"), "group_id": call.get("groupId"),
                       "previous_id": call.get("previousId"), "channel": call.get("channel")}),
        },
        "context": without(context, "page"),
    }  # fmt: skip


SEGMENT: Final = Format(
    name="segment",
    title="Segment and RudderStack calls (JSON): track, page, screen, identify, group, alias",
    kind="documents",
    recognises=_recognises,
    translate=converting(_convert),
)
"""People are ``userId``, else ``anonymousId``; the latter stays a property, pseudonymised at rest."""
