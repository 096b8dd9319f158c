"""Events kept aside: what came, scrubbed, with the reason, to be listed and mended."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from analytics_lib.ingestion.blocks import LINE, BrokenLine, text_column
from analytics_lib.ingestion.formats import CONTENT, RAW, REST
from analytics_lib.ingestion.identity import digest_ids
from analytics_lib.ingestion.json_text import dumps
from analytics_lib.ingestion.rows import TIME_COLUMNS
from analytics_lib.ingestion.scrub import Scrubber
from analytics_lib.privacy.outlines import outline
from analytics_lib.privacy.scrubbing import scrub_json

QUARANTINE: Final = pa.schema([
    ("quarantine_id", pa.string()), ("tenant_id", pa.string()), ("reason", pa.string()), ("detail", pa.string()),
    ("event_id", pa.string()), ("event_name", pa.string()), ("source", pa.string()), ("line", pa.int64()),
    ("row", pa.string()), ("received_at", pa.timestamp("us", "UTC")),
])  # fmt: skip
"""Columns of quarantined events; ``row`` is what came, as a JSON object.

A line that is none has ``{"text": …, "characters": …, "digest": …}``: the outline of what came, no word of it. What it
said is read again at its place, ``source`` and ``line``.
"""

_DROPPED: Final = (LINE, CONTENT, "ip", "user_agent")
Bad = tuple[int, str, str]


def quarantined_rows(
    sent: pa.Table, normal: pa.Table, bad: Iterable[Bad], *, source: str, received_at: datetime, scrubber: Scrubber,
    unread: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> pa.Table:  # fmt: skip
    """Give the quarantine rows for events of a block that can't be believed.

    Parameters
    ----------
    sent, normal
        The block as sent and in canonical columns.
    bad
        (row, reason, detail).
    unread
        By column of times or numbers, the rows whose value is neither; it may be a person's name at the wrong place.
    """
    entries = []
    for row, reason, detail in bad:
        said = sent.slice(row, 1).to_pylist()[0]
        for name in (column for column, rows in unread.items() if row in rows):
            said[name] = scrubber.unread_value(said[name], time=name in TIME_COLUMNS)
        known = {name: scrubber.name(normal[name][row].as_py()) for name in ("event_id", "event_name")}
        entries.append({
            **known, "tenant_id": normal["tenant_id"][row].as_py(), "reason": reason, "detail": scrubber.name(detail),
            "source": source, "line": said.get(LINE),
            "row": _row(said, normal["tenant_id"][row].as_py(), scrubber), "received_at": received_at,
        })  # fmt: skip
    return _table(entries, scrubber)


def quarantined_lines(
    broken: Iterable[BrokenLine], *, tenant_id: str, source: str, received_at: datetime, scrubber: Scrubber
) -> pa.Table:
    """Give the quarantine rows for lines that are no events; what they said is not kept, only their outline."""
    return _table(
        [
            {
                "tenant_id": tenant_id, "event_id": None, "event_name": None, "reason": item.reason,
                "detail": item.detail, "source": source, "line": item.line,
                "row": dumps(scrubber.unread_line(item.text, tenant_id)), "received_at": received_at,
            }
            for item in broken
        ],
        scrubber,
    )  # fmt: skip


def quarantined_conflicts(
    events: pa.Table, lines: Iterable[int], *, source: str, received_at: datetime, scrubber: Scrubber
) -> pa.Table:
    """Give the quarantine rows for stored-ready events whose id is taken by another content."""
    entries = [
        {
            "tenant_id": said["tenant_id"], "event_id": said["event_id"], "event_name": said["event_name"],
            "reason": "conflict", "detail": "an event with this id and other content is there already",
            "source": source, "line": line, "row": _stored_row(said),
            "received_at": received_at,
        }
        for said, line in zip(events.to_pylist(), lines, strict=True)
    ]  # fmt: skip
    return _table(entries, scrubber)


def _stored_row(said: dict[str, Any]) -> str:
    kept = {name: value for name, value in said.items() if value is not None}
    return dumps({**kept, **_nested({name: kept[name] for name in ("properties", "context") if name in kept})})


def _row(said: dict[str, Any], tenant_id: str, scrubber: Scrubber) -> str:
    """Write what came as JSON; the person as a pseudonym, address and user agent left out."""
    kept = {name: value for name, value in said.items() if value is not None and name not in _DROPPED}
    texts = {name: kept.pop(name) for name in ("properties", "context", REST, *RAW.values()) if name in kept}
    kept |= _nested(texts, unread=str if scrubber.keys is None else outline)
    pseudonym = scrubber.pseudonym(tenant_id)
    if pseudonym is None:
        return dumps(kept)
    if kept.get("user_id") and kept["user_id"] not in scrubber.pseudonyms:
        kept["user_id"] = pseudonym(str(kept["user_id"]))
    protected = kept.pop("user_id", None)
    text = scrub_json(dumps(kept), scrubber.rules, pseudonym=pseudonym, found=scrubber.found)
    return text if protected is None else dumps({**json.loads(text), "user_id": protected})


def _nested(texts: dict[str, str], unread: Callable[[str], str] = str) -> dict[str, Any]:
    """Give properties and context as objects, or what `unread` makes of their text where they are none."""
    found = {name: _parsed(text, unread) for name, text in texts.items()}
    rest = found.pop(REST, {})
    named = {name: found[column] for name, raw in RAW.items() for column in (name, raw) if column in found}
    if rest and isinstance(named.get("properties", {}), dict):
        return {**named, "properties": {**rest, **named.get("properties", {})}}
    return {**named, "beside": rest} if rest else named


def _parsed(text: str, unread: Callable[[str], str]) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return unread(text)


def _table(entries: list[dict[str, Any]], scrubber: Scrubber) -> pa.Table:
    """Add an id that a second load of the same line makes again."""
    if not entries:
        return QUARANTINE.empty_table()
    said = text_column([
        dumps([entry["source"], entry["line"], entry["reason"], entry["event_id"], entry["row"]]) for entry in entries
    ])  # fmt: skip
    ids = digest_ids(said, text_column([entry["tenant_id"] for entry in entries]), scrubber.keys)
    named = [{**entry, "quarantine_id": name} for entry, name in zip(entries, ids.to_pylist(), strict=True)]
    return pa.Table.from_pylist(named, schema=QUARANTINE)
