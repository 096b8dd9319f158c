"""Files rewritten, sorted, in one commit: to be read faster, or without the rows of a person."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis
import pyarrow as pa
from deltalake import CommitProperties
from deltalake.transaction import AddAction, RemoveAction

from analytics_lib.engine.snapshots import file_table, with_person_key
from analytics_lib.engine.tables import to_arrow, write_parquet
from analytics_lib.errors import ArgumentError, LakeError, nearest
from analytics_lib.lake.append import ROW_GROUP_ROWS
from analytics_lib.lake.handles import TableHandle, told
from analytics_lib.lake.layout import PARTITION, TableLayout
from analytics_lib.lake.snapshots import DataFile, Snapshot, newest


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rewrite did."""

    version: int | None
    """Newest version afterwards; None when the table was never written."""
    days: tuple[date, ...]
    """Days that were rewritten."""
    files_before: int
    """Files of those days before."""
    files_after: int
    """Files of those days now."""
    rows_removed: int
    """Rows that are gone; 0 for a compaction."""


def compact(handle: TableHandle, *, before: date, minimum_files: int = 2) -> Rewritten:
    """Bring each day before `before` that lies in several files into one; the caller holds the lock."""
    snapshot = newest(handle)
    files = {day: [file for file in snapshot.files if file.day == day] for day in snapshot.days if day < before}
    scattered = {day: lying for day, lying in files.items() if len(lying) >= minimum_files}
    for lying in scattered.values():
        _commit(handle, [_rewrite(handle, snapshot, lying)], operation="compact")
    merged = sum(len(lying) for lying in scattered.values())
    return Rewritten(newest(handle).version, tuple(scattered), merged, len(scattered), 0)


def delete(handle: TableHandle, matching: Mapping[str, Collection[str]]) -> Rewritten:
    """Remove matching rows in one commit; the caller holds the lock.

    Raises
    ------
    ArgumentError
        No condition at all, or a column that the table does not have.
    """
    snapshot = newest(handle)
    _refuse_vague(snapshot.layout, matching)
    table = snapshot.table()
    hit = to_arrow(table.filter(_matches(table, matching))[[PARTITION]].distinct())
    days = tuple(sorted(hit[PARTITION].to_pylist()))
    swaps = [_rewrite(handle, snapshot, [f for f in snapshot.files if f.day == day], matching) for day in days]
    if swaps:
        _commit(handle, swaps, operation="delete")
    after = newest(handle)
    before = sum(len(swap.old) for swap in swaps)
    return Rewritten(after.version, days, before, sum(s.new is not None for s in swaps), snapshot.rows - after.rows)


def _refuse_vague(layout: TableLayout, matching: Mapping[str, Collection[str]]) -> None:
    if not matching:
        raise ArgumentError("delete was given no condition", 'Name columns and values, like {"user_id": ["u1"]}.')
    for column, values in matching.items():
        if column not in layout.schema.names:
            advice = nearest(column, layout.schema.names)
            raise ArgumentError(f"the table {layout.name!r} has no column {column!r}", advice)
        if isinstance(values, str):
            raise ArgumentError(f"{column}={values!r} is one string, not a list", f"Write [{values!r}].")


def _matches(table: Any, matching: Mapping[str, Collection[str]]) -> Any:
    agrees = reduce(and_, (table[column].isin(list(values)) for column, values in matching.items()))
    return agrees.fill_null(ibis.literal(value=False))  # an unknown value matches nothing, so such a row stays


@dataclass(frozen=True, slots=True)
class _Swap:
    """Files that go, and the one that comes instead; None when no row is left."""

    old: Sequence[DataFile]
    new: AddAction | None


def _rewrite(
    handle: TableHandle,
    snapshot: Snapshot,
    files: Sequence[DataFile],
    without: Mapping[str, Collection[str]] | None = None,
) -> _Swap:
    """Write the rows of one day into one sorted file that no version has yet."""
    layout, day = snapshot.layout, files[0].day
    rows = with_person_key(snapshot.table(files))
    kept = rows.filter(~_matches(rows, without)) if without else rows
    relative = f"{PARTITION}={day.isoformat()}/part-{uuid4()}.zstd.parquet"
    path = handle.path / relative
    write_parquet(kept.drop(PARTITION).order_by(*layout.sort_by), path, row_group_rows=ROW_GROUP_ROWS)
    statistics = _statistics(path, layout)
    written, expected = statistics["numRecords"], sum(file.rows for file in files)
    if written > expected or (without is None and written != expected):
        path.unlink()
        fact = f"rewriting {day} of {layout.name!r} gave {written} rows of {expected}; nothing was changed"
        raise LakeError(fact, "Run `analytics doctor`: a file of that day may be damaged.")
    if not written:
        path.unlink()
        return _Swap(files, None)
    return _Swap(files, _addition(relative, path, day, statistics))


def _addition(relative: str, path: Path, day: date, statistics: Mapping[str, Any]) -> AddAction:
    return AddAction(
        path=relative,
        size=path.stat().st_size,
        partition_values={PARTITION: day.isoformat()},
        modification_time=_now_ms(),
        data_change=False,
        stats=json.dumps(statistics),
    )


def _statistics(path: Path, layout: TableLayout) -> dict[str, Any]:
    """Give what the log must know of a file: its rows, and what lets readers skip it."""
    judged = list(dict.fromkeys((*layout.identity, *layout.sort_by, layout.time_column)))
    in_file = pa.schema([field for field in layout.schema if field.name != PARTITION])
    rows = file_table([str(path)], in_file, data_version="rewritten")
    measures = {"rows": rows.count()}
    for name in judged:
        measures |= {
            f"min.{name}": rows[name].min(),
            f"max.{name}": rows[name].max(),
            f"null.{name}": rows[name].isnull().sum(),
        }
    found = to_arrow(rows.aggregate(**measures)).to_pylist()[0]
    return {
        "numRecords": found["rows"],
        "minValues": {name: _in_json(found[f"min.{name}"]) for name in judged},
        "maxValues": {name: _in_json(found[f"max.{name}"]) for name in judged},
        "nullCount": {name: found[f"null.{name}"] or 0 for name in judged},
    }


def _in_json(value: object) -> object:
    return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}" if isinstance(value, datetime) else value


def _commit(handle: TableHandle, swaps: Sequence[_Swap], *, operation: str) -> None:
    """Put the new files in the place of the old ones, all at once."""
    now = _now_ms()
    changed = operation == "delete"
    removals = [
        RemoveAction(file.relative, changed, now, file.size_bytes, {PARTITION: file.day.isoformat()})
        for swap in swaps
        for file in swap.old
    ]
    additions = [swap.new for swap in swaps if swap.new is not None]
    with handle.lock, told(f"rewriting {handle.layout.name!r}"):
        table = handle.fresh()
        table.create_write_transaction(
            [*removals, *additions],
            "append",
            table.schema(),
            [PARTITION],
            commit_properties=CommitProperties(
                custom_metadata={"analytics_operation": operation}, max_commit_retries=0
            ),
        )
        handle.fresh()


def _now_ms() -> int:
    return int(time.time() * 1000)
