"""What became of a load: counts that add up, in words, and the events that were kept aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

import pyarrow as pa

from analytics_lib.display import format_duration, format_moment
from analytics_lib.errors import AnalyticsError
from analytics_lib.ingestion.quarantine import QUARANTINE

_SHOWN_NOTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """``sent = accepted + duplicate + quarantined + rejected``, always."""

    source: str
    """What was loaded."""
    format: str
    """In which format it was read."""
    sent: int
    """Events, and lines that are none, in the source."""
    accepted: int
    """Stored (or given in memory) as new."""
    duplicate: int
    """Left out: the same event is there already, or came twice."""
    quarantined: int
    """Kept aside with a reason, to be mended."""
    rejected: int
    """Counted, and not kept."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Number of quarantined and rejected events by reason."""
    first_event_time: datetime | None = None
    """Oldest good event of the source, UTC."""
    last_event_time: datetime | None = None
    """Newest good event of the source, UTC."""
    tenants: tuple[str, ...] = ()
    """Owners of the accepted events."""
    batch_ids: tuple[str, ...] = ()
    """Batches that were written."""
    consent: str = ""
    """What was taken for consent, in words."""
    scrubbed: Mapping[str, int] = field(default_factory=dict)
    """Personal data taken out, by kind."""
    notes: tuple[str, ...] = ()
    """What else is worth knowing."""
    dry_run: bool = False
    """True when nothing was written."""
    seconds: float = 0.0
    """How long it took."""
    bad_rows: pa.Table = field(default_factory=QUARANTINE.empty_table, repr=False, compare=False)
    """The bad events, where they are not in the lake: read into memory, or refused by a strict load."""

    def __post_init__(self) -> None:
        """Refuse counts that do not add up: a fault of ours that must not pass unseen."""
        if self.sent != self.accepted + self.duplicate + self.quarantined + self.rejected:
            advice = "This is a fault of the library; please report it with the format of the file."
            raise AnalyticsError(f"the counts of {self.source} do not add up: {self.counts()}", advice)

    def counts(self) -> dict[str, int]:
        """Give the five counts by name."""
        return {name: getattr(self, name) for name in ("sent", "accepted", "duplicate", "quarantined", "rejected")}

    @property
    def complete(self) -> bool:
        """Whether nothing was kept aside and nothing rejected."""
        return not self.quarantined and not self.rejected

    def lines(self) -> list[str]:
        """Give the receipt in words, line by line."""
        loaded = "Loaded" if self.accepted or self.duplicate or not self.sent else "Loaded nothing from"
        verb = "Would load" if self.dry_run else loaded
        rate = f", {round(self.sent / self.seconds):,} events/s" if self.seconds >= 1 and self.sent else ""
        told = [f"{verb} {self.source} ({self.format}) in {format_duration(round(self.seconds, 1))}{rate}"]
        told.append(
            f"  {self.sent:,} sent = {self.accepted:,} accepted + {self.duplicate:,} duplicate"
            f" + {self.quarantined:,} quarantined + {self.rejected:,} rejected"
        )
        told += [f"    {count:,} {reason}" for reason, count in sorted(self.reasons.items())]
        if self.first_event_time is not None:
            told.append(
                f"  {format_moment(self.first_event_time)} to {format_moment(self.last_event_time)} (UTC),"
                f" tenant {', '.join(self.tenants)}"
            )
        told.append(f"  Consent: {self.consent}")
        if self.scrubbed:
            told.append("  Taken out: " + ", ".join(f"{count:,} {kind}" for kind, count in self.scrubbed.items()))
        return told + [f"  {note}" for note in self.notes[:_SHOWN_NOTES]]

    def __str__(self) -> str:
        """Give the receipt in words."""
        return "\n".join(self.lines())

    def to_dict(self) -> dict[str, Any]:
        """Give the receipt as plain values, for JSON."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "bad_rows"}
        for name in ("first_event_time", "last_event_time"):
            plain[name] = plain[name].isoformat() if plain[name] else None
        return {**plain, "reasons": dict(self.reasons), "scrubbed": dict(self.scrubbed)}

    def _repr_html_(self) -> str:
        """Give the receipt as a small table."""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.counts())
        body = "".join(f"<td>{count:,}</td>" for count in self.counts().values())
        rest = "".join(f"<li>{escape(line.strip())}</li>" for line in self.lines() if " sent = " not in line)
        return (
            f'<table class="analytics-table"><thead><tr>{head}</tr></thead><tbody><tr>{body}</tr></tbody></table>'
            f'<ul class="analytics-notes">{rest}</ul>'
        )
