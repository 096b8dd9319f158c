"""The path of a block of events: normalise, validate, consent, name, tell apart, enrich, scrub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics_lib.ingestion import identity
from analytics_lib.ingestion.blocks import LINE, BrokenLine
from analytics_lib.ingestion.computed import time_fields, with_features
from analytics_lib.ingestion.devices import with_devices
from analytics_lib.ingestion.formats import CONTENT, SentBlock
from analytics_lib.ingestion.geography import Geography
from analytics_lib.ingestion.json_text import merged
from analytics_lib.ingestion.lookups import Lookups
from analytics_lib.ingestion.normalise import CANONICAL, Circumstances, normalise
from analytics_lib.ingestion.plans import TrackingPlans
from analytics_lib.ingestion.quarantine import QUARANTINE, quarantined_lines, quarantined_rows
from analytics_lib.ingestion.scrub import Scrubber
from analytics_lib.ingestion.validate import FUTURE_TOLERANCE, validate
from analytics_lib.ingestion.verdicts import Judgement, Tally, take
from analytics_lib.privacy.consent import ConsentRules
from analytics_lib.schema import DEFAULT_TENANT

_CONTENT_OF_CONFLICT: Final = "an event with this id and other content came before it"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a block."""

    events: pa.Table
    """Accepted events in canonical columns, and ``_line``."""
    quarantined: pa.Table
    """Events kept aside."""
    tally: Tally
    """How many of which; duplicates are those within the load."""


@dataclass(slots=True)
class EventPath:
    """Everything a load decides about its events; blocks go through in order."""

    circumstances: Circumstances
    consent: ConsentRules = field(default_factory=ConsentRules)
    scrubber: Scrubber = field(default_factory=Scrubber)
    plan: TrackingPlans | None = None
    future_tolerance: timedelta = FUTURE_TOLERANCE
    geography: Geography | None = None
    lookups: Lookups = field(default_factory=Lookups)
    computed_fields: bool = False
    seen: identity.SeenEvents = field(default_factory=identity.SeenEvents)
    equal_rows: int = 0
    """Rows that repeat another one, where each row is an event."""
    repeats: identity.SeenEvents = field(default_factory=identity.SeenEvents)

    def take(self, block: SentBlock, *, source: str, digest: str) -> Outcome:
        """Take a block all the way; what can't be stored comes back with its reason.

        Parameters
        ----------
        source
            Name of the file, for quarantine.
        digest
            Digest of the file, which names rows where each row is an event.
        """
        tally = Tally()
        aside = [self._lines(block.broken, tally, source)]
        table, judgement = normalise(block.events, self.circumstances)
        table = validate(table, judgement, plan=self.plan, future_tolerance=self.future_tolerance)
        self._ask_consent(table, judgement)
        table, contents = self._named(table, digest)
        duplicate = self._tell_apart(table, contents, judgement)
        aside.append(self._aside(block.events, table, judgement, source))
        for code in judgement.bad(kept=True) + judgement.bad(kept=False):
            tally.reasons[code[1]] += 1
        good = judgement.good() & ~duplicate
        tally.duplicate += int((judgement.good() & duplicate).sum())
        tally.accepted += int(good.sum())
        tally.check(block.events.num_rows + len(block.broken))
        return Outcome(self._stored(take(table, good)), pa.concat_tables(aside), tally)

    def _lines(self, broken: list[BrokenLine], tally: Tally, source: str) -> pa.Table:
        for item in broken:
            tally.reasons[item.reason] += 1
        kept = [item for item in broken if item.reason != "too_large"]
        if self.consent.mode == "required":  # whose line it is can't be told, so nobody agreed to keeping it
            kept = [BrokenLine(item.line, "", item.detail, item.reason) for item in kept]
        return quarantined_lines(
            kept,
            tenant_id=self.circumstances.tenant_id or DEFAULT_TENANT,
            source=source,
            received_at=self.circumstances.received_at,
            scrubber=self.scrubber,
        )

    def _ask_consent(self, table: pa.Table, judgement: Judgement) -> None:
        """Reject what nobody agreed to, whatever else is wrong with it: its content must not be kept."""
        said = table["consent"].combine_chunks()
        if self.consent.is_silent() and said.null_count == len(said):
            return
        allowed = self.consent.allowed(
            [event or "" for event in table["event"].to_pylist()],
            said.to_pylist(),
            tenants=table["tenant_id"].to_pylist(),
            users=table["user_id"].to_pylist(),
        )
        refused = ~np.array(allowed, dtype=bool)
        judgement.codes[refused] = 0  # consent goes before any other reason
        judgement.mark(refused, "no_consent", "nobody agreed to keeping this event")

    def _named(self, table: pa.Table, digest: str) -> tuple[pa.Table, identity.Hashes]:
        """Give every event a name, and the hash of what it says."""
        own = table[CONTENT].combine_chunks() if CONTENT in table.column_names else None
        by_row = self.circumstances.mapping.identity == "row"
        plain = table.drop_columns([name for name in (CONTENT, LINE, "consent") if name in table.column_names])
        contents = identity.content_texts(plain)
        contents = contents if own is None else pc.coalesce(own, contents)
        said = identity.hashes(contents)
        given, tenants = table["event_id"].combine_chunks(), table["tenant_id"].combine_chunks()
        if given.null_count:
            texts = identity.row_texts(digest, table[LINE].combine_chunks()) if by_row else contents
            made = identity.digest_ids(texts, tenants, self.scrubber.keys)
            place = table.column_names.index("event_id")
            table = table.set_column(place, "event_id", pc.coalesce(given, made))
            if by_row:
                self.equal_rows += int(self.repeats.judge(said, said)[0].sum())
        return table, said

    def _tell_apart(self, table: pa.Table, contents: identity.Hashes, judgement: Judgement) -> npt.NDArray[np.bool_]:
        """Mark conflicts within the load; give the mask of duplicates."""
        good = judgement.good()
        names = identity.joined([take(table, good)[name].combine_chunks() for name in ("tenant_id", "event_id")])
        duplicate, conflict = self.seen.judge(identity.hashes(names), contents[good])
        found = np.zeros((2, table.num_rows), dtype=bool)
        found[:, good] = duplicate, conflict
        judgement.mark(found[1], "conflict", _CONTENT_OF_CONFLICT)
        return found[0]

    def _aside(self, sent: pa.Table, table: pa.Table, judgement: Judgement, source: str) -> pa.Table:
        bad = judgement.bad(kept=True)
        if not bad:
            return QUARANTINE.empty_table()
        return quarantined_rows(
            sent, table, bad, unread=judgement.unread, source=source,
            received_at=self.circumstances.received_at, scrubber=self.scrubber,
        )  # fmt: skip

    def _stored(self, table: pa.Table) -> pa.Table:
        """Enrich and scrub accepted events, and give them the columns of the lake."""
        flat = {name: table[name].combine_chunks() for name in table.column_names}
        user_agent, address, width = (flat.pop(name) for name in ("user_agent", "ip", "viewport_width"))
        lines = flat[LINE]
        made: Mapping[str, Any] = {"stored_at": None, "batch_id": None, "day": None}
        columns = {
            field.name: flat.get(field.name) if field.name not in made else pa.nulls(len(lines), field.type)
            for field in CANONICAL
        }
        events = pa.table({**columns, LINE: lines})
        events = with_devices(events, user_agent, width)
        if self.geography is not None:
            events = self.geography.with_places(events, address)
        events = self._with_made_fields(events)
        return self.scrubber.scrub(events)

    def _with_made_fields(self, events: pa.Table) -> pa.Table:
        names, properties = events["event"].combine_chunks(), events["properties"].combine_chunks()
        events = events.set_column(
            events.column_names.index("properties"), "properties", with_features(names, properties)
        )
        events = events.set_column(
            events.column_names.index("day"), "day",
            pc.floor_temporal(events["event_time"], unit="day").cast(pa.date32()),
        )  # fmt: skip
        contexts = [events["context"].combine_chunks(), self.lookups.contexts(events)]
        if self.computed_fields:
            contexts.append(time_fields(events["event_time"].combine_chunks()))
        known = [column for column in contexts if column is not None]
        if len(known) == 1:
            return events
        joined = merged(known)
        return events.set_column(
            events.column_names.index("context"), "context", pc.if_else(pc.equal(joined, "{}"), None, joined)
        )
