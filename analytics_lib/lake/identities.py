"""Which rows of a batch are new, which are there already, which claim a name that means something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics_lib.engine.tables import to_arrow
from analytics_lib.lake.snapshots import Snapshot

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One verdict for each row of a batch; the four never overlap and together cover the batch."""

    new: Mask
    """Not in the table."""
    stored: Mask
    """In the table since an earlier try of this very batch."""
    duplicate: Mask
    """Same name, same content."""
    conflict: Mask
    """Same name, other content."""


def known_rows(snapshot: Snapshot, keys: pa.Table, columns: Sequence[str] = ()) -> pa.Table:
    """Give the stored rows whose identity is among `keys`: one per identity, with `columns` beside it.

    Parameters
    ----------
    keys
        Arrow table that has at least the identity columns.
    """
    identity = list(snapshot.layout.identity)
    wanted = list(dict.fromkeys([*identity, *columns]))
    files = snapshot.holding(keys[identity[-1]]) if keys.num_rows else ()
    if not files:
        return pa.schema([snapshot.layout.schema.field(name) for name in wanted]).empty_table()
    stored = snapshot.table(files).select(*wanted)
    found = stored.semi_join(ibis.memtable(keys.select(identity)), identity)
    return to_arrow(found.distinct(on=identity, keep="first"))


def judge(
    batch: pa.Table, stored: pa.Table, *, identity: Sequence[str], content: Sequence[str], batch_id: str
) -> Verdicts:
    """Tell new rows from duplicates and conflicts, the same way however often the batch is sent.

    Of several rows with one name in a batch, the first counts.

    Parameters
    ----------
    stored
        What :func:`known_rows` gave for the batch, with the content columns and ``batch_id``.
    identity, content
        Columns that name a row, and columns that must agree when the name does.
    """
    nothing = np.zeros(batch.num_rows, dtype=bool)
    if not stored.num_rows and _all_distinct(batch.select(list(identity))):
        return Verdicts(~nothing, nothing, nothing, nothing)
    judged = to_arrow(_compared(batch, stored, list(identity), list(content))).sort_by("_row")
    same = judged["_same"].to_numpy()
    owner = judged["_owner"].to_numpy(zero_copy_only=False)
    first = judged["_row"].to_numpy() == judged["_first_same"].fill_null(-1).to_numpy()
    new = same & first & np.array([name is None for name in owner], dtype=bool)
    before = same & first & (owner == batch_id)
    return Verdicts(new, before, same & ~new & ~before, ~same)


def _all_distinct(keys: pa.Table) -> bool:
    return keys.group_by(keys.column_names).aggregate([]).num_rows == keys.num_rows


def _compared(batch: pa.Table, stored: pa.Table, identity: list[str], content: list[str]) -> Any:
    """Compare each row with what its name stands for: the stored row, else the batch's first one.

    Gives ``_row`` (number in the batch), ``_owner`` (batch of the stored row, null for a row of this
    one), ``_same`` (the content agrees) and ``_first_same`` (first row of that name that agrees).
    """
    compared = list(dict.fromkeys([*identity, *content]))
    rows = ibis.memtable(batch.select(compared).append_column("_row", pa.array(range(batch.num_rows), pa.int64())))
    known = ibis.memtable(stored.select([*compared, "batch_id"])).rename(_owner="batch_id")
    numbered = rows.mutate(_earliest=rows["_row"].min().over(group_by=identity))
    earliest = numbered.filter(numbered["_row"] == numbered["_earliest"]).anti_join(known, identity)
    meant = known.union(earliest.select(*compared).mutate(_owner=ibis.null("string")))
    joined = rows.inner_join(meant, identity, rname="{name}_meant")
    agreements = (joined[name].identical_to(joined[f"{name}_meant"]) for name in content)
    same = reduce(and_, agreements, ibis.literal(value=True))
    judged = joined.select("_row", "_owner", *identity, _same=same)
    first = ibis.cases((judged["_same"], judged["_row"])).min().over(group_by=identity)
    return judged.mutate(_first_same=first).select("_row", "_owner", "_same", "_first_same")
