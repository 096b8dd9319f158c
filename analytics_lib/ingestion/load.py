"""Load files of events into the lake: each event once, nothing lost, and a receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa

from analytics_lib import periods
from analytics_lib.ingestion.blocks import LINE
from analytics_lib.ingestion.files import Log, Opened, SourceLike, digest_of, open_source
from analytics_lib.ingestion.geography import Geography
from analytics_lib.ingestion.identity import batch_name
from analytics_lib.ingestion.lookups import Lookups
from analytics_lib.ingestion.mapping import MappingLike
from analytics_lib.ingestion.normalise import Circumstances
from analytics_lib.ingestion.path import EventPath
from analytics_lib.ingestion.plans import PlanLike, read_plans
from analytics_lib.ingestion.quarantine import QUARANTINE, quarantined_conflicts
from analytics_lib.ingestion.receipts import Receipt
from analytics_lib.ingestion.scrub import Scrubber
from analytics_lib.ingestion.validate import FUTURE_TOLERANCE
from analytics_lib.periods import Duration
from analytics_lib.privacy.consent import ConsentRules
from analytics_lib.privacy.pseudonyms import Keys
from analytics_lib.privacy.scrubbing import ScrubRules

BATCH_ROWS: Final = 400_000
"""Events gathered before they are written: fewer, larger files, and a bounded memory."""

Progress = Callable[[int, int], None]
"""Is told the number of bytes read and of all bytes, after each block."""


class LakeLike(Protocol):
    """What a load needs of a lake."""

    folder: Path

    def append(self, table: str, rows: pa.Table, *, batch_id: str) -> Any:
        """Store rows once; tell accepted, duplicates, conflicts, repeated."""

    def known(self, table: str, keys: pa.Table, columns: Any = ()) -> pa.Table:
        """Give the stored rows with these identities."""


def load(  # noqa: PLR0913  # each is a rule of the load, keyword-only
    source: SourceLike,
    *,
    lake: LakeLike,
    tenant_id: str | None = None,
    format: str = "auto",  # noqa: A002 - the word a reader expects
    mapping: MappingLike | None = None,
    keys: Keys | str | Path | None = None,
    consent: str | ConsentRules = "assumed",
    strict: bool = False,
    dry_run: bool = False,
    geo_file: str | Path | None = None,
    plan: PlanLike | None = None,
    lookups: Mapping[str, Any] | None = None,
    computed_fields: bool = False,
    scrub: ScrubRules | None = None,
    future_tolerance: Duration = FUTURE_TOLERANCE,
    received_at: datetime | None = None,
    progress: Progress | None = None,
) -> Receipt:
    """Load a file or folder of events into a lake; tell what became of every one.

    The path of an event: normalise, validate, consent, enrich, scrub, append. Loading the same again adds
    nothing, also after a crash in between: batches that are stored are seen and skipped. Bad events never
    stop a load; they lie in the table ``quarantine`` with the reason. People are stored under keyed
    pseudonyms, IP addresses and user agents not at all.

    Parameters
    ----------
    source
        A file, a folder, or a pattern such as ``logs/*.csv``.
    lake
        From :func:`analytics_lib.lake.tables.open_lake`.
    tenant_id
        Owner of all events. Default: as each event says, else ``default``.
    format, mapping
        As in :func:`~analytics_lib.ingestion.files.read_events`.
    keys
        Pseudonym keys or their folder. Default: the folder ``keys`` beside the lake.
    consent
        ``assumed`` (kept unless an event says no), ``required`` (kept only where one says yes), or rules.
    strict
        Store nothing at all if a single event is bad: all are rejected, the good ones for the reason
        ``strict``, and the receipt's ``bad_rows`` show the others.
    dry_run
        Tell what would happen, and write nothing.
    geo_file
        A local file in MaxMind's format, for country, region and city.
    plan
        Tracking plans: a YAML file or folder of them, or a dictionary.
    lookups
        ``{"session" | "user" | "tenant": table}`` of attributes; they go into ``context``.
    computed_fields
        Add hourOfDay, dayOfWeek (0 = Sunday) and isWeekend in UTC to ``context``.
    scrub
        Rules for properties, above the defaults.
    future_tolerance
        How far ahead of reception an event may lie.
    received_at
        The clock at reception. Default: now.
    progress
        Told (bytes read, all bytes) after each block.

    Returns
    -------
    Receipt
        ``sent = accepted + duplicate + quarantined + rejected``, with reasons.

    Raises
    ------
    SourceError, UnknownFormatError
        The source can't be read at all; what was stored before the damage stays, and is skipped next time.
    """
    opened = open_source(source, format, mapping)
    rules = scrub or ScrubRules()
    read = read_plans(plan) if plan is not None else None
    if read is not None:
        rules = replace(rules, properties={**read.privacy(), **rules.properties})
    found = keys if isinstance(keys, Keys) else Keys(keys if keys is not None else Path(lake.folder).parent / "keys")
    path = EventPath(
        Circumstances(opened.mapping, received_at or datetime.now(UTC), tenant_id),
        consent=consent if isinstance(consent, ConsentRules) else ConsentRules(consent),
        scrubber=Scrubber(found, rules),
        plan=read,
        future_tolerance=periods.duration("future_tolerance", future_tolerance),
        geography=Geography(geo_file) if geo_file is not None else None,
        lookups=Lookups(lookups),
        computed_fields=computed_fields,
    )
    return _Load(opened, path, lake, dry_run=dry_run, strict=strict).run(progress)


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Events on their way to the lake, of one file or several."""

    events: list[pa.Table] = field(default_factory=list)
    aside: list[pa.Table] = field(default_factory=list)
    """What can't be believed."""
    names: list[tuple[str, int]] = field(default_factory=list)
    """(file, number of events), in order."""

    @property
    def rows(self) -> int:
        return sum(table.num_rows for table in self.events)


class _Load:
    def __init__(self, opened: Opened, path: EventPath, lake: LakeLike, *, dry_run: bool, strict: bool) -> None:
        self.opened, self.path, self.lake = opened, path, lake
        self.dry_run, self.strict = dry_run, strict
        self.log = Log()
        self.batch = _Batch()
        self.waiting: list[_Batch] = []
        self.batch_ids: list[str] = []

    def run(self, progress: Progress | None) -> Receipt:
        sizes = {source.path: source.path.stat().st_size for source in self.opened.sources}
        done: dict[Path, int] = {}
        for source, block in self.opened.blocks():
            self._take(source.name, digest_of(source), block)
            done[source.path] = sizes[source.path]
            if progress is not None:
                progress(sum(done.values()), sum(sizes.values()))
        self._close_batch()
        bad = self._all_or_nothing() if self.strict else QUARANTINE.empty_table()
        return self.log.receipt(
            self.opened, self.path, batch_ids=tuple(self.batch_ids), dry_run=self.dry_run, bad_rows=bad
        )

    def _take(self, name: str, digest: str, block: Any) -> None:
        outcome = self.path.take(block, source=name, digest=digest)
        self.log.tally.add(outcome.tally)
        self.log.idle.update(block.idle)
        self.batch.events.append(outcome.events)
        self.batch.aside.append(outcome.quarantined)
        self.batch.names.append((name, outcome.events.num_rows))
        if self.batch.rows >= BATCH_ROWS:
            self._close_batch()

    def _close_batch(self) -> None:
        full, self.batch = self.batch, _Batch()
        if not full.events:
            return
        if self.strict:
            self.waiting.append(full)  # one bad event further on would reject these too
        else:
            self._store(full)

    def _all_or_nothing(self) -> pa.Table:
        """Store everything if everything is good, else nothing; give what was bad."""
        if not self.log.tally.quarantined and not self.log.tally.rejected:
            for full in self.waiting:
                self._store(full)
            return QUARANTINE.empty_table()
        self.log.tally.refuse()
        return pa.concat_tables([table for full in self.waiting for table in full.aside])

    def _store(self, full: _Batch) -> None:
        events = pa.concat_tables(full.events)
        lines, rows = events[LINE], events.drop_columns([LINE])
        stored = self._conflicts_and_new(rows)
        fresh = rows.num_rows - stored.duplicates - stored.conflicts.num_rows
        self.log.tally.accepted -= rows.num_rows - fresh
        self.log.tally.duplicate += stored.duplicates
        self.log.tally.reasons["conflict"] += stored.conflicts.num_rows
        self.log.note(rows)
        aside = full.aside
        if stored.conflicts.num_rows:
            aside = [*aside, self._conflicts(stored.conflicts, rows, lines, full.names)]
        self._keep_aside(aside)

    def _conflicts_and_new(self, rows: pa.Table) -> _Stored:
        if not rows.num_rows:
            return _Stored(0, rows)
        if self.dry_run:
            return _judged_against(self.lake, rows)
        name = batch_name(rows["event_id"])
        appended = self.lake.append("events", rows, batch_id=name)
        self.batch_ids.append(name)
        if appended.repeated:  # stored by an earlier load; this one adds nothing
            return _Stored(appended.accepted + appended.duplicates, appended.conflicts)
        return _Stored(appended.duplicates, appended.conflicts)

    def _conflicts(self, conflicts: pa.Table, rows: pa.Table, lines: Any, names: list[tuple[str, int]]) -> pa.Table:
        wanted = conflicts.select(["tenant_id", "event_id"]).to_pylist()
        place = {
            (tenant, event): number
            for number, (tenant, event) in enumerate(
                zip(rows["tenant_id"].to_pylist(), rows["event_id"].to_pylist(), strict=True)
            )
        }
        found = [place[key["tenant_id"], key["event_id"]] for key in wanted]
        return quarantined_conflicts(
            conflicts,
            [lines[number].as_py() for number in found],
            source=names[0][0] if len({name for name, _ in names}) == 1 else self.opened.name,
            received_at=self.path.circumstances.received_at,
            scrubber=self.path.scrubber,
        )

    def _keep_aside(self, tables: list[pa.Table]) -> None:
        aside = pa.concat_tables([QUARANTINE.empty_table(), *tables])
        if aside.num_rows and not self.dry_run:
            self.lake.append("quarantine", aside, batch_id=batch_name(aside["quarantine_id"]))


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the lake says of a batch."""

    duplicates: int
    conflicts: pa.Table


_COMPARED: Final = ("event_name", "client_time", "user_id", "session_id", "properties", "url")


def _judged_against(lake: LakeLike, rows: pa.Table) -> _Stored:
    """Tell what the lake would say of rows, without writing."""
    there = {
        (row["tenant_id"], row["event_id"]): tuple(row[name] for name in _COMPARED)
        for row in lake.known("events", rows.select(["tenant_id", "event_id"]), _COMPARED).to_pylist()
    }
    if not there:
        return _Stored(0, rows.slice(0, 0))
    known = [
        there.get((row["tenant_id"], row["event_id"])) for row in rows.select(["tenant_id", "event_id"]).to_pylist()
    ]
    said = [tuple(row[name] for name in _COMPARED) for row in rows.select(list(_COMPARED)).to_pylist()]
    conflict = [before is not None and before != now for before, now in zip(known, said, strict=True)]
    repeated = sum(before is not None for before in known) - sum(conflict)
    return _Stored(repeated, rows.filter(pa.array(conflict)))
