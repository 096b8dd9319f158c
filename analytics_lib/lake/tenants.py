"""Whose events are stored, from when to when, and who is meant where nobody is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics_lib.lake.tables import Lake
from analytics_lib.schema import DEFAULT_TENANT


@dataclass(frozen=True, slots=True)
class ChosenTenant:
    """A tenant, and why it is this one."""

    tenant_id: str
    reason: str
    """Said to readers; empty where it was named or there is no other."""


def stored_tenants(lake: Lake) -> tuple[str, ...]:
    """Give the owners of all stored events, in order."""
    stored = lake.read("events").select("tenant_id").distinct().to_pyarrow()
    return tuple(sorted(stored["tenant_id"].to_pylist()))


def usual_tenant(lake: Lake, named: Sequence[str], stored: Sequence[str]) -> ChosenTenant:
    """Tell who is meant where nobody is named.

    The only tenant with events. Of several, the first that the settings name: their order is the owner's word
    and does not change with the data. Where the settings name none of them, the one with the newest event.

    Parameters
    ----------
    lake
        Whose events decide, where nothing else does.
    named
        Tenants of the settings, in the order of the file.
    stored
        Tenants with events.
    """
    if len(stored) <= 1:
        return ChosenTenant(next(iter((*stored, *named)), DEFAULT_TENANT), "")
    first = next((tenant for tenant in named if tenant in stored), None)
    if first is not None:
        return ChosenTenant(first, f"of {len(stored)} tenants, the first in analytics.toml")
    newest = max(sorted(stored), key=lambda tenant: newest_event(lake, tenant) or datetime.min.replace(tzinfo=UTC))
    return ChosenTenant(newest, f"of {len(stored)} tenants, the one with the newest event")


def newest_event(lake: Lake, tenant_id: str | None = None) -> datetime | None:
    """Give the time of the newest event; None when there is none."""
    return _outermost(lake, tenant_id, lambda times: times.max(), newest_first=True)


def oldest_event(lake: Lake, tenant_id: str | None = None) -> datetime | None:
    """Give the time of the oldest event; None when there is none."""
    return _outermost(lake, tenant_id, lambda times: times.min(), newest_first=False)


def _outermost(
    lake: Lake, tenant_id: str | None, outermost: Callable[[Any], Any], *, newest_first: bool
) -> datetime | None:
    """Look into the outermost days first: on a large lake one day is enough."""
    days = sorted(lake.snapshot("events").days, reverse=newest_first)
    stretches = [(_midnight(day), _midnight(day) + timedelta(days=1)) for day in days[:2]]
    for start, end in [*stretches, (None, None)]:
        times = lake.read("events", start=start, end=end, tenant_id=tenant_id)["event_time"]
        found: datetime | None = outermost(times).to_pyarrow().as_py()
        if found is not None:
            return found.astimezone(UTC)
    return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
