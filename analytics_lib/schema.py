"""The canonical event: its columns, and the registry of event types with every alias."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

DEFAULT_TENANT: Final = "default"
"""Owner of events that name none."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the canonical event table."""

    name: str
    """The column's name, the same everywhere."""
    type: str
    """``string``, ``timestamp`` (UTC, microseconds), ``float``, ``json`` (text) or ``date``."""
    meaning: str
    """One line a newcomer understands."""


COLUMNS: Final[tuple[Column, ...]] = (
    Column("event_id", "string", "unique per tenant; the idempotency key"),
    Column("tenant_id", "string", "owner of the data"),
    Column("application_id", "string", "application of the tenant that sent the event"),
    Column("event", "string", "canonical name if the registry knows the sent one, else the sent name"),
    Column("category", "string", "subject of the event type; custom when the registry does not know it"),
    Column("event_name", "string", "the name exactly as it was sent"),
    Column("event_time", "timestamp", "when it happened, as far as we believe"),
    Column("client_time", "timestamp", "what the sender's clock said"),
    Column("sent_at", "timestamp", "the sender's clock when the batch left"),
    Column("received_at", "timestamp", "our clock when the batch arrived"),
    Column("stored_at", "timestamp", "our clock when the row was written"),
    Column("user_id", "string", "who, as a keyed pseudonym"),
    Column("session_id", "string", "visit, when the sender named one"),
    Column("conversation_id", "string", "conversation the event belongs to"),
    Column("content_id", "string", "content it is about"),
    Column("resource_type", "string", "kind of other thing it is about"),
    Column("resource_id", "string", "which other thing"),
    Column("url", "string", "address of the page"),
    Column("referrer", "string", "address of the page before"),
    Column("country", "string", "ISO 3166 country, from the geo file or the sender"),
    Column("region", "string", "part of the country"),
    Column("city", "string", "town"),
    Column("device_type", "string", "desktop, tablet, mobile or unknown"),
    Column("browser", "string", "browser family"),
    Column("browser_version", "string", "its major version"),
    Column("os", "string", "operating system"),
    Column("os_version", "string", "its version"),
    Column("language", "string", "BCP 47 language tag"),
    Column("properties", "json", "what the sender said about the event"),
    Column("context", "json", "what the sender said about the circumstances"),
    Column("correlation_id", "string", "request trace"),
    Column("sample_weight", "float", "1 / sampling rate; used only where an analysis is asked to weight"),
    Column("batch_id", "string", "ingestion batch that brought the row"),
    Column("day", "date", "UTC day of event_time; the lake's partition"),
)
"""The canonical columns, in storage order."""

COLUMN_NAMES: Final[tuple[str, ...]] = tuple(column.name for column in COLUMNS)

TRANSIENT: Final = ("event_type", "ip", "user_agent", "viewport_width", "consent")
"""What a sender may say beside the columns: used on the way in, never stored."""

COLUMN_ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "event_id": ("event_id", "id", "message_id", "insert_id", "uuid"),
    "tenant_id": ("tenant_id", "tenant", "organization_id", "organisation_id", "org_id"),
    "application_id": ("application_id", "app_id", "application"),
    "event_name": ("event_name", "event", "name"),
    "event_type": ("event_type", "type"),
    "category": ("category", "event_category"),
    "event_time": ("event_time", "timestamp", "event_timestamp", "time", "occurred_at", "created_at", "datetime", "ts"),
    "client_time": ("client_time", "client_timestamp", "original_timestamp"),
    "sent_at": ("sent_at", "sent_timestamp"),
    "received_at": ("received_at", "server_timestamp"),
    "user_id": ("user_id", "user", "distinct_id", "user_pseudo_id", "anonymous_id", "visitor_id"),
    "session_id": ("session_id", "session", "visit_id"),
    "conversation_id": ("conversation_id",),
    "content_id": ("content_id",),
    "resource_type": ("resource_type",),
    "resource_id": ("resource_id",),
    "url": ("url", "page_url", "page_location", "current_url"),
    "referrer": ("referrer", "referer", "page_referrer"),
    "country": ("country", "country_code"),
    "region": ("region",),
    "city": ("city",),
    "device_type": ("device_type",),
    "browser": ("browser",),
    "browser_version": ("browser_version",),
    "os": ("os",),
    "os_version": ("os_version",),
    "language": ("language", "locale"),
    "properties": ("properties", "data", "payload", "props"),
    "context": ("context", "metadata"),
    "correlation_id": ("correlation_id", "request_id", "trace_id"),
    "sample_weight": ("sample_weight",),
    "ip": ("ip", "ip_address", "client_ip", "remote_addr"),
    "user_agent": ("user_agent", "useragent"),
    "viewport_width": ("viewport_width",),
    "consent": ("consent",),
})  # fmt: skip
"""Spellings a sender may use for each column, in snake case, best first; any casing is accepted."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One entry of the registry."""

    name: str
    """Canonical dotted name, ``domain.action``."""
    category: str
    """Subject, for filters and the data dictionary."""
    aliases: tuple[str, ...] = ()
    """Other spellings that mean the same; senders may use any."""
    view: bool = False
    """Counts as looking at a page or a piece of content (bounce, DESIGN 8)."""
    engagement: bool = False
    """Counts as doing something; one such event and the session did not bounce."""
    realtime: bool = False
    """Feeds live counters as it arrives."""
    personal: bool = False
    """Its properties usually describe a person; scrubbed more strictly."""
    retention: str = "long"
    """``short`` 30 days, ``long`` 1 year, ``archive`` 7 years, unless settings say otherwise."""


def _live(category: str, *names: str) -> tuple[EventType, ...]:
    return tuple(EventType(name, category, realtime=True) for name in names)


EVENT_TYPES: Final[tuple[EventType, ...]] = (
    EventType("page.view", "navigation", ("page-view", "page_view", "pageview"), view=True, realtime=True),
    EventType("page.ping", "navigation", ("page_ping",), retention="short"),
    EventType("page.leave", "navigation", ("page_leave",), retention="short"),
    EventType("screen.view", "navigation", ("screen_view",), view=True, realtime=True),
    EventType(
        "user.action",
        "interaction",
        ("user-action", "user_action", "user_activity", "button_click"),
        engagement=True,
        realtime=True,
    ),
    EventType("form.submit", "business", ("form_submit",), engagement=True),
    EventType("interaction.pointer", "system", ("pointer",), retention="short", personal=True),
    EventType("user.login", "user", ("user_login",), realtime=True),
    EventType("user.logout", "user", ("user_logout",)),
    EventType("user.register", "user", ("user_register",), engagement=True, personal=True),
    EventType("user.error", "user", ("user_error",), realtime=True),
    EventType("user.identified", "user", ("user_identified",), personal=True),
    EventType("session.start", "system", ("session_start",)),
    EventType("session.end", "system", ("session_end",)),
    EventType("api.call", "technical", ("api-call", "api_request", "api_call"), realtime=True),
    EventType("error.occurred", "error", ("error", "error_occurred"), realtime=True),
    EventType("performance.sample", "performance", ("performance", "performance_metric"), retention="short"),
    EventType("business.event", "business", ("business-event", "business_event"), retention="archive"),
    EventType("system.event", "technical", ("system-event", "system_event")),
    EventType("security.event", "security", ("security-event", "security_event"), retention="archive"),
    EventType("custom", "custom"),
    *_live("audience", "audience.created", "audience.updated", "audience.deleted", "audience.activated"),
    *_live(
        "distribution", "distribution.started", "distribution.progress", "distribution.completed", "distribution.failed"
    ),
    *_live("platform", "platform.connected", "platform.disconnected", "platform.error"),
    EventType("content.view", "content", ("content_view",), view=True, realtime=True),
    EventType("content.play", "content", ("content_play",), engagement=True),
    EventType("content.pause", "content", ("content_pause",)),
    EventType("content.complete", "content", ("content_complete",), engagement=True),
    EventType("content.share", "content", ("content_share",), engagement=True),
    EventType("content.bookmark", "content", ("content_bookmark",), engagement=True),
    EventType("content.like", "content", ("content_like",), engagement=True),
    EventType("content.comment", "content", ("content_comment",), engagement=True, personal=True),
    EventType("search.query", "search", ("search_query",), engagement=True, personal=True),
    EventType("search.result_click", "search", ("search_result_click",), engagement=True),
    EventType("search.filter", "search", ("search_filter",), engagement=True),
    EventType("search.impression", "search", ("search_impression",)),
    EventType("recommendation.click", "content", ("recommendation_click",), engagement=True),
    EventType("recommendation.impression", "content", ("recommendation_impression",)),
    EventType("import.started", "system", ("import_started",)),
    EventType("import.completed", "system", ("import_completed",)),
    EventType("import.failed", "system", ("import_failed",), realtime=True),
    EventType("media.job_started", "system", ("media_job_started",)),
    EventType("media.job_completed", "system", ("media_job_completed",)),
    EventType("media.job_failed", "system", ("media_job_failed",), realtime=True),
    EventType("conversation.created", "conversation", ("conversation_created",), realtime=True),
    EventType(
        "conversation.message",
        "conversation",
        ("message_sent", "conversation_message"),
        engagement=True,
        personal=True,
    ),
    EventType("token.usage", "conversation", ("token_usage",)),
    EventType("conversation.compacted", "conversation", ("conversation_compacted",)),
    EventType("tool.call", "conversation", ("tool_call", "tool_use")),
    EventType("tool.result", "conversation", ("tool_result",)),
    EventType("project.created", "business", ("project_created",), engagement=True),
    EventType("order.placed", "business", ("order_placed",), engagement=True, retention="archive"),
    EventType("order.cancelled", "business", ("order_cancelled",), engagement=True, retention="archive"),
    EventType("order.adjusted", "business", ("order_adjusted",), retention="archive"),
    EventType("experiment.exposure", "system", ("experiment_exposure",)),
    EventType("consent.changed", "system", ("consent_changed",), retention="archive"),
)
"""Every event type this suite knows by itself; any other name is accepted as ``custom``."""

REGISTRY: Final = MappingProxyType({kind.name: kind for kind in EVENT_TYPES})
"""Event types by canonical name."""

ALIASES: Final = MappingProxyType({alias: kind.name for kind in EVENT_TYPES for alias in (kind.name, *kind.aliases)})
"""Canonical name by every accepted spelling."""


def snake(name: str) -> str:
    """Give a name in snake case, whatever casing it was sent in.

    Examples
    --------
    >>> snake("eventType"), snake("user-agent"), snake("Customer ID"), snake("$pageURL"), snake("IPAddress")
    ('event_type', 'user_agent', 'customer_id', 'page_url', 'ip_address')
    """
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return re.sub(r"[^0-9A-Za-z]+", "_", parted).strip("_").lower()


def canonical_event(sent: str) -> str:
    """Give the registry's name for a sent name in any casing, or the sent name itself.

    Examples
    --------
    >>> canonical_event("page_view"), canonical_event("contentView"), canonical_event("basket_shaken")
    ('page.view', 'content.view', 'basket_shaken')
    """
    return ALIASES.get(sent) or _BY_SNAKE.get(snake(sent)) or sent


_BY_SNAKE: Final = {snake(alias): name for alias, name in ALIASES.items()}


def category_of(event: str) -> str:
    """Give the category of a canonical event name; ``custom`` when the registry does not know it."""
    return REGISTRY[event].category if event in REGISTRY else "custom"


def flagged(flag: str) -> tuple[str, ...]:
    """Give the canonical names that carry a flag such as ``view`` or ``engagement``.

    Examples
    --------
    >>> flagged("view")
    ('page.view', 'screen.view', 'content.view')
    """
    return tuple(kind.name for kind in EVENT_TYPES if getattr(kind, flag))


def unknown_events(used: Iterable[str]) -> tuple[str, ...]:
    """Give those names the registry knows neither as names nor as aliases, in any casing."""
    return tuple(name for name in used if canonical_event(name) not in REGISTRY)
