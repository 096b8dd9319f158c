"""The published synthetic shop log (``datasets.published.shop_events_file``)."""

from __future__ import annotations

from typing import Final

from analytics_lib.ingestion.blocks import Block
from analytics_lib.ingestion.formats import Format, Sample, SentBlock
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.rows import sent_events

_COLUMNS: Final = {"user_id", "session_id", "event", "timestamp", "platform", "acquisition_channel"}


def _recognises(sample: Sample) -> bool:
    return sample.kind == "delimited" and sample.columns >= _COLUMNS


def _translate(block: Block, mapping: EventMapping) -> SentBlock:
    """Take the platform for the device type; it stays a property under its own name."""
    events = sent_events(block.rows, mapping).append_column("device_type", block.rows["platform"])
    return SentBlock(events, block.broken)


SHOP: Final = Format(
    name="shop",
    title="shop log of Retentioneering (CSV): user_id, session_id, event, timestamp, platform …",
    kind="delimited",
    recognises=_recognises,
    mapping=EventMapping(time_zone="UTC"),
    translate=_translate,
)
"""31,106 rows, of which 30 repeat another one."""
