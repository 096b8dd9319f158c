"""Read files of events into memory, in canonical columns."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, overload

import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion.blocks import LINE
from analytics_lib.ingestion.catalogue import find_format, read_sent, sources_of
from analytics_lib.ingestion.formats import Format, SentBlock
from analytics_lib.ingestion.mapping import EventMapping, MappingLike, read_mapping
from analytics_lib.ingestion.normalise import CANONICAL, Circumstances
from analytics_lib.ingestion.path import EventPath
from analytics_lib.ingestion.quarantine import QUARANTINE
from analytics_lib.ingestion.receipts import Receipt
from analytics_lib.ingestion.scrub import Scrubber
from analytics_lib.ingestion.sources import Source, find_sources
from analytics_lib.ingestion.verdicts import Tally
from analytics_lib.privacy.pseudonyms import Keys

SourceLike = str | Path
"""A file, a folder, or a pattern such as ``logs/*.csv``."""


class BadRowsWarning(UserWarning):
    """Some rows of a file could not be taken as events."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Files with the format and mapping they are read by."""

    format: Format
    mapping: EventMapping
    sources: tuple[Source, ...]
    name: str

    def blocks(self) -> Iterator[tuple[Source, SentBlock]]:
        """Give what the files send, block by block."""
        return read_sent(self.format, self.sources, self.mapping)


def open_source(source: SourceLike, format: str = "auto", mapping: MappingLike | None = None) -> Opened:  # noqa: A002
    """Find the files, their format and their mapping.

    Raises
    ------
    SourceError
        Nothing is there, or it can't be read.
    UnknownFormatError
        No format recognises it.
    """
    found = find_sources(source)
    chosen = find_format(format, found, mapped=mapping is not None)
    read = chosen.mapping if mapping is None else read_mapping(mapping)
    return Opened(chosen, read, sources_of(chosen, found), Path(source).name)


@dataclass(slots=True)
class Log:
    """What a load notes for its receipt as it goes."""

    tally: Tally = field(default_factory=Tally)
    first: Any = None
    last: Any = None
    tenants: dict[str, None] = field(default_factory=dict)
    idle: Counter[str] = field(default_factory=Counter)
    nobody: int = 0
    started: float = field(default_factory=time.monotonic)

    def note(self, events: pa.Table) -> None:
        """Note the times and owners of accepted events."""
        if not events.num_rows:
            return
        ends = pc.min_max(events["event_time"]).as_py()
        self.first = ends["min"] if self.first is None else min(self.first, ends["min"])
        self.last = ends["max"] if self.last is None else max(self.last, ends["max"])
        self.tenants.update(dict.fromkeys(pc.unique(events["tenant_id"]).to_pylist()))
        self.nobody += events["user_id"].null_count

    def receipt(self, opened: Opened, path: EventPath, **more: Any) -> Receipt:
        """Write the receipt of opened files."""
        return self.receipt_of(opened.name, opened.format.name, path, **more)

    def receipt_of(self, source: str, format: str, path: EventPath, **more: Any) -> Receipt:  # noqa: A002
        """Write the receipt of a source."""
        return Receipt(
            source=source,
            format=format,
            sent=self.tally.sent,
            accepted=self.tally.accepted,
            duplicate=self.tally.duplicate,
            quarantined=self.tally.quarantined,
            rejected=self.tally.rejected,
            reasons={reason: count for reason, count in self.tally.reasons.items() if count},
            first_event_time=self.first,
            last_event_time=self.last,
            tenants=tuple(sorted(self.tenants)),
            consent=consent_line(path),
            scrubbed=dict(path.scrubber.found),
            notes=self._notes(path),
            seconds=time.monotonic() - self.started,
            **more,
        )

    def _notes(self, path: EventPath) -> tuple[str, ...]:
        notes = []
        if self.nobody:
            told = "1 event names" if self.nobody == 1 else f"{self.nobody:,} events name"
            notes.append(f"{told} no person; counted as events, not among people.")
        if path.equal_rows:
            notes.append(
                f"{path.equal_rows:,} rows equal an earlier one and were taken: in this format each is an event."
            )
        if self.idle:
            counted = ", ".join(f"{count:,} {kind}{'s' if count != 1 else ''}" for kind, count in self.idle.items())
            notes.append(f"Not events by their nature: {counted}.")
        return tuple(notes)


def consent_line(path: EventPath) -> str:
    """Say what was taken for consent."""
    if path.consent.mode == "required":
        return "required; events without it were rejected."
    return "assumed for all events that do not say no."


@overload
def read_events(
    path: SourceLike, format: str = ..., mapping: MappingLike | None = ..., return_receipt: Literal[False] = ..., *,
    received_at: datetime | None = ..., keys: Keys | None = ..., tenant_id: str | None = ...,
) -> pa.Table: ...  # fmt: skip


@overload
def read_events(
    path: SourceLike, format: str = ..., mapping: MappingLike | None = ..., *, return_receipt: Literal[True],
    received_at: datetime | None = ..., keys: Keys | None = ..., tenant_id: str | None = ...,
) -> tuple[pa.Table, Receipt]: ...  # fmt: skip


def read_events(
    path: SourceLike,
    format: str = "auto",  # noqa: A002 - the word a reader expects
    mapping: MappingLike | None = None,
    return_receipt: bool = False,  # noqa: FBT001, FBT002 - promised by position
    *,
    received_at: datetime | None = None,
    keys: Keys | None = None,
    tenant_id: str | None = None,
) -> pa.Table | tuple[pa.Table, Receipt]:
    """Give the events of a file, in canonical columns; nothing is stored.

    Every row is judged as in a load. Rows that are no events are left out with a warning that counts
    them; `return_receipt` gives them. IP addresses and user agents are read (device, browser, system) and
    dropped. People keep the ids they came with, since nothing is at rest; hand `keys` for pseudonyms.

    Parameters
    ----------
    path
        A file (also gzip, xz, bzip2), a folder, or a pattern: CSV, JSON, NDJSON, Parquet, or one of the
        ready formats.
    format
        ``auto`` looks at the file; else a name such as ``shop``, ``retail``, ``snowplow``, ``claude``,
        ``access_log``, ``csv``, ``json``, ``parquet``.
    mapping
        What the columns mean, where their names do not say it; see
        :func:`~analytics_lib.ingestion.mapping.read_mapping`.
    return_receipt
        Give ``(events, receipt)``; the receipt has the counts and, as ``bad_rows``, what was left out.
    received_at
        The clock at reception, against which the future is judged. Default: now.
    keys
        Pseudonym keys; personal data in texts is then taken out too.
    tenant_id
        Owner of all events. Default: as each event says, else ``default``.

    Returns
    -------
    pyarrow.Table
        All canonical columns; times are UTC in microseconds, `properties` and `context` JSON text.

    Raises
    ------
    SourceError
        Nothing is there, or it can't be read.
    UnknownFormatError
        No format recognises it; the message lists the formats and what was found.

    Examples
    --------
    >>> from analytics_lib.datasets.published import shop_events_file
    >>> import warnings
    >>> events = read_events(shop_events_file())
    >>> events.num_rows, events["event"][0].as_py()
    (31076, 'home')
    """
    opened = open_source(path, format, mapping)
    events, receipt = _read(opened, Scrubber(keys), received_at or datetime.now(UTC), tenant_id)
    if return_receipt:
        return events, receipt
    if not receipt.complete:
        counted = ", ".join(f"{count:,} {reason}" for reason, count in sorted(receipt.reasons.items()))
        message = (
            f"{receipt.quarantined + receipt.rejected:,} of {receipt.sent:,} rows of {receipt.source} were left out"
        )
        warnings.warn(f"{message} ({counted}). return_receipt=True gives them.", BadRowsWarning, stacklevel=2)
    return events


def _read(opened: Opened, scrubber: Scrubber, received_at: datetime, tenant_id: str | None) -> tuple[pa.Table, Receipt]:
    path = EventPath(Circumstances(opened.mapping, received_at, tenant_id), scrubber=scrubber)
    log = Log()
    taken, aside = [CANONICAL.empty_table()], [QUARANTINE.empty_table()]
    for source, block in opened.blocks():
        outcome = path.take(block, source=source.name, digest=digest_of(source))
        log.tally.add(outcome.tally)
        log.idle.update(block.idle)
        log.note(outcome.events)
        taken.append(outcome.events.drop_columns([LINE]).cast(CANONICAL))
        aside.append(outcome.quarantined)
    return pa.concat_tables(taken), log.receipt(opened, path, bad_rows=pa.concat_tables(aside))


@cache
def _digest(path: Path, changed: int, size: int) -> str:
    del changed, size  # they only tell one state of the file from another
    return Source(path, "").digest()


def digest_of(source: Source) -> str:
    """Give the digest of a file, read once for each state of it."""
    found = source.path.stat()
    return _digest(source.path, found.st_mtime_ns, found.st_size)
