"""What a format is: how it is recognised, read and turned into sent events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from analytics_lib.ingestion.blocks import BrokenLine
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.sources import Source

CONTENT: Final = "_content"
"""Column a format may add: the sender's own fingerprint of an event, which then decides what is equal."""

REST: Final = "_rest"
"""Column a translation may add: properties (JSON written by us) found beside a ``properties`` column."""

RAW: Final = {"properties": "_raw_properties", "context": "_raw_context"}
"""Columns for JSON as somebody else wrote it: it may be no object, or no JSON at all."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a source, looked at to recognise its format."""

    kind: str
    """``delimited``, ``documents``, ``columns`` (Parquet) or ``lines``."""
    columns: frozenset[str] = frozenset()
    """Column names, or the keys of the first objects."""
    objects: tuple[dict[str, Any], ...] = ()
    """The first objects of JSON."""
    lines: tuple[str, ...] = ()
    """The first lines of text."""


@dataclass(frozen=True, slots=True)
class SentBlock:
    """A stretch of a source as sent events, with the lines that are none."""

    events: pa.Table
    """Columns as sent; see :func:`analytics_lib.ingestion.rows.sent_events`."""
    broken: list[BrokenLine] = field(default_factory=list)
    """Lines that are no rows."""
    idle: dict[str, int] = field(default_factory=dict)
    """Rows that carry no event by their nature (bookkeeping of the format), counted by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One ready format."""

    name: str
    """What to write as ``format=``."""
    title: str
    """What it is, for lists."""
    kind: str
    """Which reader it needs: ``delimited``, ``documents``, ``columns``, ``lines`` or ``whole``."""
    recognises: Callable[[Sample], bool]
    """Whether a sample is in this format."""
    mapping: EventMapping = field(default_factory=EventMapping)
    """What its parts become, where a table of names is enough."""
    translate: Callable[[Any, EventMapping], SentBlock] | None = None
    """Turns a block into sent events where it is not."""
    read_whole: Callable[[Sequence[Source]], Iterator[tuple[Source, SentBlock]]] | None = None
    """Reads formats whose files only make sense together."""
    extensions: tuple[str, ...] = ()
    """File names that belong to it in a folder; empty takes every file."""
