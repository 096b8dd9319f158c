"""Enriched Snowplow events (CSV or TSV with a header): the tracker's own columns and times."""

from __future__ import annotations

import json
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion.blocks import Block, text_column
from analytics_lib.ingestion.formats import CONTENT, Format, Sample, SentBlock
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.rows import sent_events

_MARKS: Final = {"collector_tstamp", "dvce_created_tstamp", "domain_userid", "event_name"}

_COLUMNS: Final = {
    "event_id": "event_id", "application_id": "app_id", "user_id": "domain_userid", "session_id": "domain_sessionid",
    "event_time": "derived_tstamp", "client_time": "dvce_created_tstamp", "sent_at": "dvce_sent_tstamp",
    "received_at": "collector_tstamp", "url": "page_url", "referrer": "page_referrer", "country": "geo_country",
    "region": "geo_region_name", "city": "geo_city", "user_agent": "useragent", "viewport_width": "br_viewwidth",
    "language": "br_lang", "ip": "user_ipaddress",
}  # fmt: skip

_PROPERTIES: Final = {
    "account_id": "user_id", "session_number": "domain_sessionidx", "page_title": "page_title",
    "referrer_medium": "refr_medium", "referrer_source": "refr_source", "campaign": "mkt_campaign",
    "campaign_medium": "mkt_medium", "campaign_source": "mkt_source", "action_category": "se_category",
    "action": "se_action", "action_label": "se_label", "action_property": "se_property", "action_value": "se_value",
    "scroll_x_maximum": "pp_xoffset_max", "scroll_y_maximum": "pp_yoffset_max", "document_height": "doc_height",
    "platform": "platform", "vendor": "event_vendor",
}  # fmt: skip

_WEB_PAGE: Final = "contexts_com_snowplowanalytics_snowplow_web_page_1_0_0"


def _recognises(sample: Sample) -> bool:
    return sample.kind in {"delimited", "columns"} and sample.columns >= _MARKS


def _translate(block: Block, mapping: EventMapping) -> SentBlock:
    del mapping
    rows = block.rows
    there = set(rows.column_names)
    known = EventMapping(
        columns={target: source for target, source in _COLUMNS.items() if source in there},
        properties={name: source for name, source in _PROPERTIES.items() if source in there},
        types={"account_id": "text"},
        aliases=False,
    )
    view = _view_ids(rows) if _WEB_PAGE in there else None
    if view is not None:
        rows = rows.append_column("page_view_id", view)
        known = EventMapping(
            columns=known.columns,
            properties={**(known.properties or {}), "page_view_id": "page_view_id"},
            types={"account_id": "text", "page_view_id": "text"},
            aliases=False,
        )
    events = sent_events(rows, known).append_column("event_name", _names(rows))
    if "event_fingerprint" in there:
        events = events.append_column(CONTENT, rows["event_fingerprint"])
    return SentBlock(events, block.broken)


def _names(rows: pa.Table) -> Any:
    """Name a structured event by its action, any other by its own name."""
    name = rows["event_name"].combine_chunks()
    if not {"event", "se_action"} <= set(rows.column_names):
        return name
    action = pc.coalesce(rows["se_action"].combine_chunks(), "struct_event")
    return pc.if_else(pc.fill_null(pc.equal(rows["event"].combine_chunks(), "struct"), fill_value=False), action, name)


def _view_ids(rows: pa.Table) -> Any:
    """Give the id of the page view that an event belongs to, out of the tracker's web page context."""
    return text_column([_first_id(text) for text in rows[_WEB_PAGE].to_pylist()])


def _first_id(text: str | None) -> str | None:
    try:
        entries = json.loads(text) if text else []
        return str(entries[0]["id"]) if entries and entries[0]["id"] is not None else None
    except (ValueError, KeyError, TypeError, IndexError):
        return None


SNOWPLOW: Final = Format(
    name="snowplow",
    title="enriched Snowplow events (CSV, TSV or Parquet with the tracker's columns)",
    kind="delimited",
    recognises=_recognises,
    mapping=EventMapping(),
    translate=_translate,
)
"""People are ``domain_userid``; the business id becomes the property ``account_id``, pseudonymised at rest."""
