"""Visits of a Matomo export (``Live.getLastVisitsDetails`` as JSON): each action becomes an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from analytics_lib.ingestion.adapters.converted import converting, without
from analytics_lib.ingestion.formats import Format, Sample
from analytics_lib.ingestion.mapping import EventMapping

_NAMES: Final = {
    "action": "page.view", "search": "search.query", "download": "file.download", "outlink": "link.out",
    "goal": "goal.reached", "ecommerceOrder": "order.placed", "ecommerceAbandonedCart": "cart.abandoned",
}  # fmt: skip


def _recognises(sample: Sample) -> bool:
    known = [item for item in sample.objects if "actionDetails" in item and {"idVisit", "visitorId"} & set(item)]
    return sample.kind == "documents" and len(known) * 2 > len(sample.objects)


def _convert(visit: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give one event for each action, with what is known of the whole visit."""
    visitor = {
        "user_id": visit.get("userId") or visit.get("visitorId"),
        "session_id": visit.get("idVisit"),
        "application_id": visit.get("idSite"),
        "ip": visit.get("visitIp"),
        "country": visit.get("countryCode"),
        "region": visit.get("region"),
        "city": visit.get("city"),
        "device_type": visit.get("deviceType"),
        "browser": visit.get("browserName"),
        "browser_version": visit.get("browserVersion"),
        "os": visit.get("operatingSystemName"),
        "os_version": visit.get("operatingSystemVersion"),
        "language": visit.get("languageCode"),
        "referrer": visit.get("referrerUrl"),
    }
    for number, action in enumerate(visit["actionDetails"]):
        yield {**{name: _text(value) for name, value in visitor.items()}, **_action(visit, action, number)}


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _action(visit: dict[str, Any], action: dict[str, Any], number: int) -> dict[str, Any]:
    kind = action.get("type")
    name = action.get("eventAction") if kind == "event" else _NAMES.get(str(kind), str(kind))
    identifier = action.get("idpageview") or action.get("pageId") or number
    return {
        "event_id": f"{visit.get('idVisit')}.{number}.{identifier}",
        "event_name": name or "user.action",
        "event_time": action["timestamp"],
        "url": _text(action.get("url")),
        "properties": without({
            "page_title": action.get("pageTitle"), "category": action.get("eventCategory"),
            "label": action.get("eventName"), "value": action.get("eventValue"), "revenue": action.get("revenue"),
            "order_id": action.get("orderId"), "keyword": action.get("siteSearchKeyword"),
            "time_spent_seconds": action.get("timeSpent"),
        }),
    }  # fmt: skip


MATOMO: Final = Format(
    name="matomo",
    title="Matomo visits (JSON of Live.getLastVisitsDetails): visits with actionDetails",
    kind="documents",
    recognises=_recognises,
    mapping=EventMapping(time_unit="s"),
    translate=converting(_convert),
)
"""People are ``userId``, else ``visitorId``; a visit is a session; times are the actions' own timestamps."""
