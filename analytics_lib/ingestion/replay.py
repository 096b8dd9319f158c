"""Mend what was kept aside and send it on its way again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa

from analytics_lib import checks
from analytics_lib.ingestion.blocks import ObjectBlock
from analytics_lib.ingestion.files import Log
from analytics_lib.ingestion.formats import SentBlock
from analytics_lib.ingestion.identity import batch_name
from analytics_lib.ingestion.load import LakeLike
from analytics_lib.ingestion.mapping import MappingLike, read_mapping
from analytics_lib.ingestion.normalise import Circumstances
from analytics_lib.ingestion.objects import sent_objects
from analytics_lib.ingestion.path import EventPath
from analytics_lib.ingestion.plans import PlanLike, read_plans
from analytics_lib.ingestion.receipts import Receipt
from analytics_lib.ingestion.scrub import Scrubber
from analytics_lib.ingestion.verdicts import QUARANTINED
from analytics_lib.privacy.pseudonyms import Keys

Mend = Callable[[dict[str, Any]], Mapping[str, Any] | None]
"""Gets what came and gives what it should have been, or None to leave it where it is.

People come as pseudonyms; whoever you name in the answer becomes one. A line that was no event comes as its outline,
``{"text": …, "characters": …, "digest": …}``: read what it said again at its place in the source.
"""

AS_IT_CAME: Final[Mend] = dict
"""Mends nothing: for events that a changed tracking plan, or time itself, has put right."""


class QuarantineLake(LakeLike, Protocol):
    """What a replay needs of a lake."""

    def read(self, table: str, *, tenant_id: str | None = None) -> Any:
        """Give a table."""

    def delete(self, table: str, matching: Mapping[str, Any]) -> Any:
        """Remove rows."""


def replay(
    lake: QuarantineLake,
    mend: Mend | Mapping[str, Mapping[str, Any]] = AS_IT_CAME,
    *,
    reason: str | None = None,
    tenant_id: str | None = None,
    mapping: MappingLike | None = None,
    plan: PlanLike | None = None,
    keys: Keys | str | Path | None = None,
    received_at: datetime | None = None,
) -> Receipt:
    """Send mended events of the quarantine through the whole path; those that pass leave the quarantine.

    An event that still can't be believed stays, for its old reason. Consent is not asked again: it was
    when the event came.

    Parameters
    ----------
    lake
        From :func:`analytics_lib.lake.tables.open_lake`.
    mend
        Mends one event (see :data:`Mend`), or what events should have been by ``quarantine_id``. Default: as they came.
    reason, tenant_id
        Only events kept for this reason, only of this tenant.
    mapping
        How times are meant; events are read by the spellings of their columns.
    plan
        Tracking plans that the mended events must follow.
    keys
        Pseudonym keys or their folder. Default: the folder ``keys`` beside the lake.
    received_at
        Clock for events that do not say when they came. Default: now.

    Returns
    -------
    Receipt
        Of the mended events; ``bad_rows`` are those that failed again.

    Raises
    ------
    ArgumentError
        No such reason.
    """
    if reason is not None:
        checks.one_of("reason", reason, QUARANTINED)
    kept = lake.read("quarantine", tenant_id=tenant_id).to_pyarrow().to_pylist()
    chosen = [row for row in kept if reason in (None, row["reason"])]
    log, mended = Log(), []
    found = keys if isinstance(keys, Keys) else Keys(keys if keys is not None else Path(lake.folder).parent / "keys")
    read = read_plans(plan) if plan is not None else None
    came = [json.loads(row["row"]) for row in chosen]
    path = EventPath(
        Circumstances(read_mapping(mapping), received_at or datetime.now(UTC)),
        scrubber=Scrubber(found, pseudonyms=frozenset(str(one["user_id"]) for one in came if one.get("user_id"))),
        plan=read,
    )
    for row, one in zip(chosen, came, strict=True):
        said = mend(one) if callable(mend) else mend.get(row["quarantine_id"])
        if said is not None:
            mended.append((row, {"tenant_id": row["tenant_id"], "received_at": row["received_at"], **said}))
    bad = _send(lake, path, log, mended)
    return log.receipt_of("quarantine", "quarantine", path, bad_rows=bad)


def _send(
    lake: QuarantineLake, path: EventPath, log: Log, mended: list[tuple[dict[str, Any], dict[str, Any]]]
) -> pa.Table:
    objects = [{name: _plain(value) for name, value in said.items()} for _, said in mended]
    block = ObjectBlock(objects, list(range(len(objects))))
    outcome = path.take(SentBlock(sent_objects(block, path.circumstances.mapping)), source="quarantine", digest="")
    log.tally.add(outcome.tally)
    events = outcome.events.drop_columns(["_line"])
    left = set(outcome.quarantined["line"].to_pylist())
    if events.num_rows:
        stored = lake.append("events", events, batch_id=batch_name(events["event_id"]))
        conflicts = set(stored.conflicts["event_id"].to_pylist())
        log.tally.accepted -= stored.duplicates + len(conflicts)
        log.tally.duplicate += stored.duplicates
        log.tally.reasons["conflict"] += len(conflicts)
        log.note(events)
        lines = zip(outcome.events["_line"].to_pylist(), events["event_id"].to_pylist(), strict=True)
        left |= {line for line, name in lines if name in conflicts}
    done = [row["quarantine_id"] for number, (row, _) in enumerate(mended) if number not in left]
    if done:
        lake.delete("quarantine", {"quarantine_id": done})
    return outcome.quarantined


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
