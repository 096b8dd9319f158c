"""Whose pointer and visits may be looked at: only people whose consent covers it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import ibis

from analytics_lib.display import format_count
from analytics_lib.engine.tables import Table, to_arrow
from analytics_lib.errors import ArgumentError

PURPOSE: Final = "session_recording"
"""What people must have agreed to."""


def only_consenting(rows: Table, consented: Collection[str]) -> tuple[Table, tuple[str, ...]]:
    """Give the rows of the people who agreed, and a note on how many people are left out.

    Parameters
    ----------
    consented
        Their pseudonyms: ``decided_users(workspace.state, "session_recording")``. Nobody is assumed to agree.
    """
    if isinstance(consented, str):
        raise ArgumentError("consented is one text", "Hand over a set of user_ids.")
    agreed = ibis.memtable({"user_id": sorted(set(consented))}, schema={"user_id": "string"})
    people = rows.filter(rows.user_id.notnull()).select("user_id").distinct()
    left = int(to_arrow(people.anti_join(agreed, "user_id").aggregate(users=ibis._.count()))["users"][0].as_py())
    whom = f"{format_count(left, 'person', 'people')} {'is' if left == 1 else 'are'}"
    note = f"{whom} left out: no consent for {PURPOSE.replace('_', ' ')}."
    return rows.semi_join(agreed, "user_id"), (note,) if left else ()
