"""Keep the people behind a number as a cohort of the workspace, and use them again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from analytics_lib.behaviour.cohorts import Cohort, cohort_of
from analytics_lib.behaviour.condition_documents import cohorts_named, read_document, to_document
from analytics_lib.errors import ArgumentError, SmallGroupError
from analytics_lib.state.audit import append_audit
from analytics_lib.state.cohorts import (
    SavedCohort,
    list_cohorts,
    read_members,
    read_saved,
    remove_cohort,
    write_cohort,
)
from analytics_lib.state.database import State

_LISTED: Final = ("name", "tenant_id", "users", "kind", "definition", "as_of", "saved_by", "saved_at")


def save_cohort(
    state: State,
    people: Any,
    *,
    name: str,
    saved_at: datetime,
    saved_by: str,
    definition: str | None = None,
    tenant_id: str = "",
    minimum_users: int = 1,
    replace: bool = False,
) -> Cohort:
    """Keep people as a named cohort, with a line in the audit log.

    A cohort with a condition is kept with it and can be asked again; any other people are a list.

    Raises
    ------
    SmallGroupError
        Fewer people than `minimum_users`.
    ArgumentError
        The name is taken or no name, the people have no ``user_id``, or the condition asks for a
        cohort that is not saved, or for itself.
    """
    group = people if isinstance(people, Cohort) else cohort_of(people, name=name)
    if len(group) < minimum_users:
        fact = f"{len(group)} people are fewer than the {minimum_users} that may be kept as a group"
        raise SmallGroupError(fact, "Widen the rule until the group is larger.")
    saved = SavedCohort(
        name, definition or group.definition, saved_at, saved_by, tenant_id=tenant_id, as_of=group.as_of,
        condition=_document(state, group, name, tenant_id),
    )  # fmt: skip
    write_cohort(state, saved, _members(group, tenant_id), replace=replace)
    details = {"tenant_id": tenant_id, "users": len(group), "replaced": replace}
    append_audit(state, at=saved_at, actor=saved_by, action="cohort.saved", subject=name, details=details)
    return load_cohort(state, name, tenant_id=tenant_id)


def load_cohort(state: State, name: str, *, tenant_id: str = "") -> Cohort:
    """Give a saved cohort: the members it was saved with, and its condition if it has one.

    Raises
    ------
    ArgumentError
        There is none of this name, or none that its condition asks for.
    """
    return _load(state, name, tenant_id, above=())


def _load(state: State, name: str, tenant_id: str, *, above: tuple[str, ...]) -> Cohort:
    if name in above:
        raise ArgumentError(f"cohort {name!r} is defined by itself", "Save one of them again with another rule.")
    saved = read_saved(state, name, tenant_id=tenant_id)
    members = read_members(state, name, tenant_id=tenant_id)
    people = {"user_id": pa.array([user for _, user in members], "string")}
    if members and all(tenant for tenant, _ in members):
        people["tenant_id"] = pa.array([tenant for tenant, _ in members], "string")
    condition = saved.condition and read_document(
        saved.condition, find=lambda other: _load(state, other, tenant_id, above=(*above, name))
    )
    return Cohort(
        name=name, people=pa.table(people), definition=saved.definition, as_of=saved.as_of, condition=condition or None
    )


def _document(state: State, group: Cohort, name: str, tenant_id: str) -> dict[str, Any] | None:
    if group.condition is None:
        return None
    document = to_document(group.condition)
    for other in sorted(cohorts_named(document)):
        _load(state, other, tenant_id, above=(name,))
    return document


def cohort_list(state: State, *, tenant_id: str | None = None) -> pd.DataFrame:
    """List the saved cohorts, newest first; ``kind`` is ``list``, or ``rule`` where it can be asked again."""
    rows = [
        {**asdict(one), "kind": "list" if one.condition is None else "rule"}
        for one in list_cohorts(state, tenant_id=tenant_id)
    ]
    frame = pd.DataFrame(rows, columns=list(_LISTED))
    times = {name: pd.to_datetime(frame[name], utc=True) for name in ("as_of", "saved_at")}
    return frame.astype({"users": "Int64"}).assign(**times)


def remove_saved(state: State, name: str, *, tenant_id: str = "", removed_by: str, at: datetime) -> None:
    """Remove a saved cohort, with a line in the audit log.

    Raises
    ------
    ArgumentError
        There is none of this name.
    """
    read_saved(state, name, tenant_id=tenant_id)
    remove_cohort(state, name, tenant_id=tenant_id)
    details = {"tenant_id": tenant_id}
    append_audit(state, at=at, actor=removed_by, action="cohort.removed", subject=name, details=details)


def _members(group: Cohort, owner: str) -> list[tuple[str, str]]:
    rows = group.people.to_pylist()
    return [(row.get("tenant_id") or owner, row["user_id"]) for row in rows]
