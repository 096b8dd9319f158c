"""Sent events become canonical ones: names, times, references and JSON, each in its own type; doubts are marked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib import schema
from analytics_lib.ingestion import json_text
from analytics_lib.ingestion.blocks import LINE, text_column
from analytics_lib.ingestion.devices import device_names
from analytics_lib.ingestion.formats import CONTENT, RAW, REST
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.rows import TIME_COLUMNS
from analytics_lib.ingestion.times import UTC_MICROS, read_times
from analytics_lib.ingestion.verdicts import Judgement
from analytics_lib.privacy.outlines import outline

SKEW_THRESHOLD: Final = timedelta(minutes=1)
"""A sender's clock that is wrong by more is put right; less may be the way through the network."""

_TYPES: Final = {"string": pa.string(), "json": pa.string(), "timestamp": UTC_MICROS, "float": pa.float64(),
                 "date": pa.date32()}  # fmt: skip
CANONICAL: Final = pa.schema([(column.name, _TYPES[column.type]) for column in schema.COLUMNS])
"""The canonical columns with their Arrow types."""

_TEXTS: Final = (
    "event_id", "application_id", "user_id", "session_id", "conversation_id", "content_id", "resource_type",
    "resource_id", "url", "referrer", "country", "region", "city", "browser", "browser_version", "os", "os_version",
    "language", "correlation_id", "ip", "user_agent", "viewport_width", "consent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a load knows about its events beside the events."""

    mapping: EventMapping
    """How times are meant, and which events are renamed."""
    received_at: datetime
    """The clock at reception, aware UTC; for events that do not say when they were received."""
    tenant_id: str | None = None
    """Owner of all events; None lets them name theirs."""


def normalise(sent: pa.Table, known: Circumstances) -> tuple[pa.Table, Judgement]:
    """Give canonical columns (and the transient ones, ``_line``, ``_content``) and what is wrong with each row.

    A value that can't be read becomes null and its row is marked ``type_mismatch``.
    """
    judgement = Judgement(sent.num_rows)
    columns = {name: _text(sent, name) for name in _TEXTS}
    columns["tenant_id"] = _tenant(sent, known.tenant_id)
    columns |= _names(sent, known.mapping)
    columns |= _times(sent, known, judgement)
    columns["country"] = _country(columns["country"])
    columns["device_type"] = device_names(_text(sent, "device_type"))
    columns["sample_weight"] = _weight(_text(sent, "sample_weight"), judgement)
    columns["properties"] = _properties(sent, judgement)
    columns["context"] = _own(sent, "context", judgement)
    columns[LINE] = sent[LINE].combine_chunks()
    if CONTENT in sent.column_names:
        columns[CONTENT] = sent[CONTENT].combine_chunks()
    return pa.table(columns), judgement


def _column(sent: pa.Table, name: str) -> Any:
    if name not in sent.column_names:
        return pa.nulls(sent.num_rows, pa.string())
    return sent[name].combine_chunks()


def _text(sent: pa.Table, name: str) -> Any:
    """Give a column as trimmed text; empty is unknown."""
    if name not in sent.column_names:
        return pa.nulls(sent.num_rows, pa.string())
    trimmed = pc.utf8_trim_whitespace(_column(sent, name).cast(pa.string()))
    empty = pc.equal(pc.binary_length(trimmed), 0)
    return pc.if_else(empty, None, trimmed) if pc.any(empty).as_py() else trimmed


def _tenant(sent: pa.Table, tenant_id: str | None) -> Any:
    """Let a tenant that the caller names own everything: a file can't write into somebody else's data."""
    if tenant_id is not None:
        return pa.repeat(pa.scalar(tenant_id), sent.num_rows)
    return pc.fill_null(_text(sent, "tenant_id"), schema.DEFAULT_TENANT)


def _names(sent: pa.Table, mapping: EventMapping) -> dict[str, Any]:
    """Give `event_name` as sent, `event` by the registry, `category`; each distinct combination once."""
    said, kind, category = (_text(sent, name) for name in ("event_name", "event_type", "category"))
    both = pc.binary_join_element_wise(
        pc.fill_null(said, ""), pc.fill_null(kind, ""), pc.fill_null(category, ""), "\x1f"
    ).dictionary_encode()
    names: list[tuple[str | None, str | None, str | None]] = [
        _named(text.split("\x1f"), mapping) for text in both.dictionary.to_pylist()
    ]
    return {
        column: text_column([name[place] for name in names]).take(both.indices)
        for place, column in enumerate(("event_name", "event", "category"))
    }


def _named(words: list[str], mapping: EventMapping) -> tuple[str | None, str | None, str | None]:
    said, kind, category = words[:3]
    sent = said or kind
    if not sent:
        return None, None, None
    event = schema.canonical_event(mapping.events.get(sent, sent))
    by_kind = schema.canonical_event(kind) if kind else ""
    if event not in schema.REGISTRY and by_kind in schema.REGISTRY and by_kind != "custom":
        event = by_kind  # {"type": "user-action", "name": "buy-button"}
    known = event in schema.REGISTRY and event != "custom"
    return sent, event, schema.category_of(event) if known else category or "custom"


def _times(sent: pa.Table, known: Circumstances, judgement: Judgement) -> dict[str, Any]:
    mapping = known.mapping
    times: dict[str, Any] = {}
    for name in TIME_COLUMNS:
        column = _column(sent, name)
        times[name] = read_times(
            column, unit=mapping.time_unit, time_zone=mapping.time_zone, pattern=mapping.time_format
        )
        unread = pc.and_(pc.is_valid(_present(column)), pc.is_null(times[name]))
        if pc.any(unread).as_py():
            shown = {row: _looks(name, column[row].as_py(), "no time") for row in _rows(unread)}
            judgement.cannot_read(name, shown)
    client = pc.coalesce(times["client_time"], times["event_time"])
    corrected = pc.coalesce(times["event_time"], client)
    if "client_time" not in sent.column_names or "event_time" not in sent.column_names:
        corrected = _corrected(client, times["sent_at"], times["received_at"])
    received = pc.fill_null(times["received_at"], pa.scalar(known.received_at, UTC_MICROS))
    return {"event_time": corrected, "client_time": client, "sent_at": times["sent_at"], "received_at": received}


def _looks(name: str, value: Any, kind: str) -> str:
    """Say what is wrong without a word of what came: it may be a person's name in the wrong column."""
    return f"{name} is {kind}; it looks like {outline(str(value))!r}"


def _corrected(client: Any, sent_at: Any, received_at: Any) -> Any:
    """Move the sender's time by how wrong its clock was when it sent, where that is worth it."""
    if sent_at.null_count == len(sent_at) or received_at.null_count == len(received_at):
        return client
    skew = pc.subtract(received_at, sent_at)
    threshold = pa.scalar(SKEW_THRESHOLD // timedelta(microseconds=1))
    wrong = pc.greater(pc.abs(skew.cast(pa.int64())), threshold)
    return pc.if_else(pc.fill_null(wrong, fill_value=False), pc.add(client, skew).cast(UTC_MICROS), client)


def _present(column: Any) -> Any:
    """Give the column with empty text as null."""
    if not pa.types.is_string(column.type):
        return column
    return pc.if_else(pc.equal(pc.binary_length(pc.utf8_trim_whitespace(column)), 0), None, column)


def _rows(mask: Any) -> list[int]:
    return [int(row) for row in pc.indices_nonzero(mask).to_pylist()]


def _country(country: Any) -> Any:
    """Write country codes in capitals; names stay as they are."""
    code = pc.fill_null(pc.equal(pc.utf8_length(country), 2), fill_value=False)
    return pc.if_else(code, pc.utf8_upper(country), country)


def _weight(texts: Any, judgement: Judgement) -> Any:
    if texts.null_count == len(texts):
        return pa.nulls(len(texts), pa.float64())
    weights: list[float | None] = []
    wrong: dict[int, str] = {}
    for row, text in enumerate(texts.to_pylist()):
        try:
            weight = None if text is None else float(text)
        except ValueError:
            weight = -1.0
        good = weight is None or 0 < weight < float("inf")
        weights.append(weight if good else None)
        if not good:
            wrong[row] = _looks("sample_weight", text, "no positive number")
    judgement.cannot_read("sample_weight", wrong)
    return pa.array(weights, pa.float64())


def _own(sent: pa.Table, name: str, judgement: Judgement) -> Any:
    """Give a JSON column: as we wrote it, or what somebody else wrote, read and written anew."""
    ours = _column(sent, name)
    if RAW[name] not in sent.column_names:
        return ours
    coded = _text(sent, RAW[name]).dictionary_encode()
    written = [_object(text) for text in coded.dictionary.to_pylist()]
    texts = text_column(written).take(coded.indices)
    judgement.mark(pc.and_(pc.is_null(texts), pc.is_valid(coded.indices)), "type_mismatch", f"{name} is no JSON object")
    return pc.coalesce(texts, ours)


def _object(text: str | None) -> str | None:
    try:
        parsed = json.loads(text, parse_constant=lambda _: None) if text else None
    except (ValueError, RecursionError):
        return None
    return json_text.dumps(parsed) if isinstance(parsed, dict) else None


def _properties(sent: pa.Table, judgement: Judgement) -> Any:
    own = _own(sent, "properties", judgement)
    rest = _column(sent, REST)
    if REST not in sent.column_names:
        return pc.fill_null(own, "{}")
    if own.null_count == len(own):
        return pc.fill_null(rest, "{}")
    joined = [_joined(said, beside) for said, beside in zip(own.to_pylist(), rest.to_pylist(), strict=True)]
    return text_column(joined)


def _joined(said: str | None, beside: str | None) -> str:
    """Join two objects; what stands in the properties themselves counts."""
    if not said or not beside:
        return said or beside or "{}"
    return json_text.dumps({**json.loads(beside), **json.loads(said)})
