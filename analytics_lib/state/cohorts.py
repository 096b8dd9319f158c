"""Named groups of people that a workspace keeps: who belongs, what decided it, who saved it and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sql

from analytics_lib.errors import ArgumentError, nearest
from analytics_lib.state.database import State
from analytics_lib.state.tables import COHORT_MEMBERS, COHORTS

LONGEST_NAME: Final = 200
_BATCH: Final = 5_000
_FORGOTTEN: Final = "A list: its rule named a person who was erased."


@dataclass(frozen=True, slots=True)
class SavedCohort:
    """What is known of a saved cohort beside its members."""

    name: str
    definition: str
    saved_at: datetime
    saved_by: str
    tenant_id: str = ""
    """Owner; empty = of the whole workspace."""
    as_of: datetime | None = None
    condition: Mapping[str, Any] | None = None
    """What can be asked again, as a document; None = a list of people."""
    users: int = 0
    """Members now; fewer than were saved where people had themselves erased."""


def write_cohort(
    state: State, cohort: SavedCohort, members: Iterable[tuple[str, str]], *, replace: bool = False
) -> SavedCohort:
    """Keep a cohort with its members, each as ``(tenant_id, user_id)``, whole or not at all.

    Raises
    ------
    ArgumentError
        The name is empty, too long, or taken and `replace` is not set.
    """
    if not cohort.name.strip() or len(cohort.name) > LONGEST_NAME:
        raise ArgumentError(
            f"the name {cohort.name!r} can't be used", f"Give a name of 1 to {LONGEST_NAME} characters."
        )
    key = {"tenant_id": cohort.tenant_id, "name": cohort.name}
    rows = [{**key, "member_tenant_id": tenant, "user_id": user} for tenant, user in dict.fromkeys(members)]
    told = {"definition": cohort.definition, "as_of": cohort.as_of, "condition": cohort.condition}
    with state.engine.begin() as connection:
        if connection.execute(sql.select(COHORTS.c.name).where(*_named(COHORTS, **key))).first():
            if not replace:
                advice = "Choose another name, or say replace=True."
                raise ArgumentError(f"there is a cohort named {cohort.name!r} already", advice)
            _remove(connection, **key)
        saved = {"saved_at": cohort.saved_at, "saved_by": cohort.saved_by}
        connection.execute(sql.insert(COHORTS).values(**key, **told, **saved))
        for first in range(0, len(rows), _BATCH):
            connection.execute(sql.insert(COHORT_MEMBERS), rows[first : first + _BATCH])
    return read_saved(state, cohort.name, tenant_id=cohort.tenant_id)


def list_cohorts(state: State, *, tenant_id: str | None = None) -> list[SavedCohort]:
    """Give the saved cohorts, newest first; of one owner, or of all."""
    counted = (
        sql.select(sql.func.count())
        .where(COHORT_MEMBERS.c.tenant_id == COHORTS.c.tenant_id, COHORT_MEMBERS.c.name == COHORTS.c.name)
        .scalar_subquery()
    )
    query = sql.select(COHORTS, counted.label("users")).order_by(COHORTS.c.saved_at.desc(), COHORTS.c.name)
    if tenant_id is not None:
        query = query.where(COHORTS.c.tenant_id == tenant_id)
    with state.engine.begin() as connection:
        return [SavedCohort(**row) for row in connection.execute(query).mappings()]


def read_saved(state: State, name: str, *, tenant_id: str = "") -> SavedCohort:
    """Give what is known of one cohort.

    Raises
    ------
    ArgumentError
        There is none of this name.
    """
    known = {one.name: one for one in list_cohorts(state, tenant_id=tenant_id)}
    if name not in known:
        raise ArgumentError(f"there is no saved cohort {name!r}", nearest(name, known))
    return known[name]


def read_members(state: State, name: str, *, tenant_id: str = "") -> list[tuple[str, str]]:
    """Give the members as ``(tenant_id, user_id)``, sorted by person."""
    columns = (COHORT_MEMBERS.c.member_tenant_id, COHORT_MEMBERS.c.user_id)
    query = sql.select(*columns).where(*_named(COHORT_MEMBERS, tenant_id=tenant_id, name=name))
    with state.engine.begin() as connection:
        found = connection.execute(query.order_by(COHORT_MEMBERS.c.user_id, COHORT_MEMBERS.c.member_tenant_id))
        return [(row.member_tenant_id, row.user_id) for row in found]


def remove_cohort(state: State, name: str, *, tenant_id: str = "") -> None:
    """Remove a cohort and its members; a name that is not there is no fault."""
    with state.engine.begin() as connection:
        _remove(connection, tenant_id=tenant_id, name=name)


def forget_members(state: State, user_ids: Iterable[str], *, tenant_id: str | None = None) -> int:
    """Take people out of every saved cohort, as an erasure asks; tell how many memberships went.

    A member whose tenant is not known (the list had no ``tenant_id``) is taken out by name alone. A rule that names one
    of the people can't be asked again without naming them: it stays as the list of its other members, and its words
    go. Cohorts of a tenant and of the whole workspace are looked through; other tenants' people are others.
    """
    removed, names = 0, sorted(set(user_ids))
    with state.engine.begin() as connection:
        for first in range(0, len(names), _BATCH):
            where = [COHORT_MEMBERS.c.user_id.in_(names[first : first + _BATCH])]
            if tenant_id is not None:
                where.append(COHORT_MEMBERS.c.member_tenant_id.in_([tenant_id, ""]))
            removed += connection.execute(sql.delete(COHORT_MEMBERS).where(*where)).rowcount
        _forget_in_words(connection, names, tenant_id)
    return removed


def _forget_in_words(connection: sql.Connection, names: list[str], tenant_id: str | None) -> None:
    """Replace the rules and definitions that name one of some people."""
    named = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in names) or r"(?!)")
    query = sql.select(COHORTS)
    if tenant_id is not None:
        query = query.where(COHORTS.c.tenant_id.in_([tenant_id, ""]))
    for row in connection.execute(query).mappings().all():
        told = {}
        if _texts(row["condition"]) & set(names):
            told = {"condition": None, "definition": _FORGOTTEN}
        elif named.search(row["definition"]):
            told = {"definition": named.sub("(erased)", row["definition"])}
        if told:
            key = {"tenant_id": row["tenant_id"], "name": row["name"]}
            connection.execute(sql.update(COHORTS).where(*_named(COHORTS, **key)).values(**told))


def _texts(document: Any) -> set[str]:
    """Give every text inside a document."""
    if isinstance(document, Mapping):
        return set().union(*(_texts(one) for one in document.values()))
    if isinstance(document, list):
        return set().union(*(_texts(one) for one in document))
    return {document} if isinstance(document, str) else set()


def _named(table: sql.Table, *, tenant_id: str, name: str) -> tuple[Any, Any]:
    return table.c.tenant_id == tenant_id, table.c.name == name


def _remove(connection: sql.Connection, *, tenant_id: str, name: str) -> None:
    for table in (COHORT_MEMBERS, COHORTS):
        connection.execute(sql.delete(table).where(*_named(table, tenant_id=tenant_id, name=name)))
