"""Claude Code transcripts: one line per content block becomes messages, tool calls and token usage."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

import pyarrow as pa

from analytics_lib.ingestion.blocks import LINE, BrokenLine, text_column
from analytics_lib.ingestion.computed import text_features
from analytics_lib.ingestion.documents import read_documents
from analytics_lib.ingestion.formats import CONTENT, Format, Sample, SentBlock
from analytics_lib.ingestion.json_text import dumps
from analytics_lib.ingestion.sources import Source
from analytics_lib.ingestion.token_prices import usage_cost

_USAGE: Final = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_creation_input_tokens": "cache_creation_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
}


@dataclass(slots=True)
class _Event:
    """One event under way; later lines of the same answer add to it."""

    file: int
    line: int
    columns: dict[str, str | None]
    properties: dict[str, Any]
    texts: list[str] = field(default_factory=list)


def _recognises(sample: Sample) -> bool:
    marks = [item for item in sample.objects if "sessionId" in item and item.get("type") in _TYPES]
    return sample.kind == "documents" and len(marks) * 2 >= len(sample.objects) > 0


_TYPES: Final = {"user", "assistant", "system", "progress", "queue-operation", "summary", "attachment"}


def _read_whole(sources: Sequence[Source]) -> Iterator[tuple[Source, SentBlock]]:
    """Read all files of one or more sessions together: an answer's lines may lie in several of them.

    An answer is streamed as several lines, each with the usage so far; its usage is the largest, which is
    the last, by (message id, request id). Files of subagents repeat the session id of their parent.
    """
    events: dict[str, _Event] = {}
    broken: list[list[BrokenLine]] = [[] for _ in sources]
    idle: Counter[str] = Counter()
    for number, source in enumerate(sources):
        for block in read_documents(source):
            broken[number].extend(block.broken)
            for line, item in zip(block.lines, block.objects, strict=True):
                if not _add(events, item, number, line):
                    idle[f"{item.get('type') or 'untyped'} line"] += 1
    for number, source in enumerate(sources):
        chosen = {name: event for name, event in events.items() if event.file == number}
        yield source, SentBlock(_table(chosen), broken[number], dict(idle) if number == 0 else {})


def _add(events: dict[str, _Event], item: dict[str, Any], file: int, line: int) -> bool:
    """Add what a line says; false where it says nothing that is an event."""
    kind, message = item.get("type"), item.get("message")
    if kind == "assistant" and isinstance(message, dict):
        _add_answer(events, item, message, place=(file, line))
        return True
    if kind == "user" and isinstance(message, dict):
        _add_question(events, item, message, place=(file, line))
        return True
    if kind == "system" and item.get("subtype") == "compact_boundary":
        before = (item.get("compactMetadata") or {}).get("preTokens")
        _put(events, str(item.get("uuid")), "conversation.compacted", item, (file, line), tokens_before=before)
        return True
    return False


def _put(
    events: dict[str, _Event], name: str, event: str, item: dict[str, Any], place: tuple[int, int], **properties: Any
) -> _Event:
    """Add an event, or give the one of that name that is there."""
    known = events.get(name)
    if known is None:
        session = item.get("sessionId")
        columns = {
            "event_name": event,
            "event_time": item.get("timestamp"),
            "session_id": session,
            "conversation_id": session,
            "application_id": "claude-code",
            "context": dumps({"version": item.get("version")}) if item.get("version") else None,
        }
        known = events[name] = _Event(*place, columns, {})
        known.properties["is_subagent"] = bool(item.get("isSidechain") or item.get("agentId"))
        known.properties["agent_id"] = item.get("agentId")
        known.properties["project"] = PurePath(item["cwd"]).name if item.get("cwd") else None
    known.properties.update(properties)
    return known


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content or [] if isinstance(block, dict)]


def _add_answer(
    events: dict[str, _Event], item: dict[str, Any], message: dict[str, Any], *, place: tuple[int, int]
) -> None:
    name = str(message.get("id") or item.get("uuid"))
    answer = _put(events, name, "conversation.message", item, place, role="assistant", model=message.get("model"))
    for block in _blocks(message):
        if block.get("type") == "text":
            answer.texts.append(str(block.get("text", "")))
        elif block.get("type") == "tool_use":
            _put(events, str(block.get("id")), "tool.call", item, place, tool=block.get("name"))
    usage = message.get("usage")
    if isinstance(usage, dict):
        _add_usage(events, item, message, usage=usage, place=place)


def _add_usage(
    events: dict[str, _Event], item: dict[str, Any], message: dict[str, Any], *, usage: dict[str, Any],
    place: tuple[int, int],
) -> None:  # fmt: skip
    name = f"{message.get('id') or item.get('uuid')}:{item.get('requestId') or ''}"
    counts = {ours: int(usage.get(theirs) or 0) for theirs, ours in _USAGE.items()}
    known = events.get(name)
    if known is not None and sum(known.properties.get(key, 0) for key in counts) > sum(counts.values()):
        return
    cost = usage_cost(
        message.get("model"), sent=counts["input_tokens"], answered=counts["output_tokens"],
        cache_written=counts["cache_creation_tokens"], cache_read=counts["cache_read_tokens"],
    )  # fmt: skip
    event = _put(events, name, "token.usage", item, place, model=message.get("model"), **counts)
    event.columns["event_time"] = item.get("timestamp")
    event.properties["cost"] = None if math.isnan(cost) else round(cost, 9)


def _add_question(
    events: dict[str, _Event], item: dict[str, Any], message: dict[str, Any], *, place: tuple[int, int]
) -> None:
    blocks = _blocks(message)
    texts = [str(block.get("text", "")) for block in blocks if block.get("type") == "text"]
    if texts or not blocks:
        meta = bool(item.get("isMeta"))
        said = _put(events, str(item.get("uuid")), "conversation.message", item, place, role="user", is_meta=meta)
        said.texts.extend(texts)
    for block in blocks:
        if block.get("type") == "tool_result":
            failed = bool(block.get("is_error"))
            _put(events, f"{block.get('tool_use_id')}:result", "tool.result", item, place, is_error=failed)


def _table(events: dict[str, _Event]) -> pa.Table:
    names = ("event_name", "event_time", "session_id", "conversation_id", "application_id", "context")
    columns = {name: text_column([event.columns[name] for event in events.values()]) for name in names}
    identifiers = text_column(list(events))
    properties = text_column([dumps(_properties(event)) for event in events.values()])
    lines = pa.array([event.line for event in events.values()], pa.int64())
    return pa.table({**columns, "event_id": identifiers, "properties": properties, CONTENT: identifiers, LINE: lines})


def _properties(event: _Event) -> dict[str, Any]:
    """Say how long a message is, never what it says."""
    features = text_features("\n".join(event.texts)) if event.columns["event_name"] == "conversation.message" else {}
    return {key: value for key, value in {**event.properties, **features}.items() if value is not None}


CLAUDE: Final = Format(
    name="claude",
    title="Claude Code transcripts (folder or file of JSON lines, subagents beside them)",
    kind="whole",
    recognises=_recognises,
    read_whole=_read_whole,
    extensions=(".jsonl",),
)
"""Texts are measured and left behind; a line that grows an answer is that answer, not another event."""
