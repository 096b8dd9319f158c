"""What a run was asked for, settled before a kernel starts: whose data, and that the days can be meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from analytics_lib.behaviour.funnel_steps import read_steps, unknown_names
from analytics_lib.errors import ArgumentError
from analytics_lib.workspace import open_workspace

STEPS: Final = ("steps", "path")
"""Parameters that name events in their order; a misspelt one would look like a way that nobody takes."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Parameters of a run with nothing left open about whose data it reads."""

    values: Mapping[str, Any]
    """All parameters; ``tenant_id`` names a tenant where the notebook asks for one."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """``tenant_id``, ``tenant_title``, and ``tenant_reason`` where nobody named the tenant and there are several."""


def settle(values: Mapping[str, Any], workspace: Path | None) -> Settled:
    """Settle whose data a run reads; refuse, before a kernel starts, what can't be meant.

    Parameters
    ----------
    values
        All parameters, typed.
    workspace
        Folder of the workspace; None leaves the choice of a tenant to the notebook.

    Raises
    ------
    ArgumentError
        The days end before they begin, the workspace knows no such tenant, or nobody ever did what a step is called.
    """
    start, end = values.get("start"), values.get("end")
    if isinstance(start, date) and isinstance(end, type(start)) and end < start:
        raise ArgumentError(f"the report ends ({end}) before it starts ({start})", "Swap start and end.")
    if workspace is None or not isinstance(values.get("tenant_id"), str):
        return Settled(values)
    opened = open_workspace(workspace)
    chosen = opened.chosen_tenant(values["tenant_id"])
    told = {"tenant_id": chosen.tenant_id, "tenant_title": opened.tenant(chosen.tenant_id).title}
    _refuse_unknown_events(values, opened.events(tenant_id=chosen.tenant_id))
    reason = {"tenant_reason": chosen.reason} if chosen.reason else {}
    return Settled({**values, "tenant_id": chosen.tenant_id}, {**told, **reason})


def _refuse_unknown_events(values: Mapping[str, Any], events: Any) -> None:
    """Refuse steps that nobody ever did and no registry knows, unless nothing at all has happened yet."""
    asked = [(name, values[name]) for name in STEPS if isinstance(values.get(name), list) and values[name]]
    if asked and events.limit(1).to_pyarrow().num_rows:
        for name, given in asked:
            unknown_names(read_steps(given, role=name), events, strict=True)


def titled(title: str, provenance: Mapping[str, Any]) -> str:
    """Give the title of a report with whose data it is about.

    Examples
    --------
    >>> titled("Weekly overview", {"tenant_id": "shop", "tenant_title": "Our shop"}), titled("Weekly overview", {})
    ('Weekly overview · Our shop', 'Weekly overview')
    """
    whose = provenance.get("tenant_title")
    return f"{title} · {whose}" if whose else title
