"""One version of a table: its files, and a lazy table over exactly those."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics_lib.engine.snapshots import file_table
from analytics_lib.errors import SnapshotError
from analytics_lib.lake.handles import TableHandle, told
from analytics_lib.lake.layout import PARTITION, TableLayout
from analytics_lib.periods import Moment, Range, moment

_EXACT_LETTERS = 60  # longer values may have been cut in the file's statistics


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a snapshot."""

    path: str
    """Absolute path or address."""
    relative: str
    """Path inside the table, as the log has it."""
    day: date
    rows: int
    size_bytes: int
    lowest_id: str | None = None
    """Smallest value of the last identity column; None when unknown."""
    highest_id: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a table holds at one version; never changes."""

    layout: TableLayout
    version: int | None
    """None: the table was never written."""
    files: tuple[DataFile, ...] = ()
    evolved: bool = False
    keyed: bool = False
    """Whether all files have the hidden key of each row's person."""

    @property
    def data_version(self) -> str:
        """How provenance names it: ``events@12``."""
        return f"{self.layout.name}@{'empty' if self.version is None else self.version}"

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(file.rows for file in self.files)

    @property
    def days(self) -> tuple[date, ...]:
        """Days it holds rows of, ascending."""
        return tuple(sorted({file.day for file in self.files}))

    def within(self, stretch: Range) -> tuple[DataFile, ...]:
        """Give the files whose day touches a stretch of time."""
        return tuple(file for file in self.files if _touches(file.day, stretch))

    def table(self, files: Sequence[DataFile] | None = None) -> Any:
        """Give a lazy Ibis table over the files, or over some of them."""
        chosen = self.files if files is None else files
        return file_table(
            [file.path for file in chosen],
            self.layout.schema,
            data_version=self.data_version,
            partition=PARTITION,
            evolved=self.evolved,
            person_key=self.keyed,
        )

    def holding(self, names: pa.ChunkedArray) -> tuple[DataFile, ...]:
        """Give the files that may hold a row with one of these names, by the files' smallest and largest.

        Names that begin with their time (UUIDv7) leave few files; random ones leave all.
        """
        wanted = sorted(names.to_pylist())
        return tuple(file for file in self.files if _may_hold(file, wanted))


def _may_hold(file: DataFile, wanted: Sequence[str]) -> bool:
    if file.lowest_id is None or file.highest_id is None:
        return True
    if max(len(file.lowest_id), len(file.highest_id)) > _EXACT_LETTERS:
        return True
    nearest = bisect_left(wanted, file.lowest_id)
    return nearest < len(wanted) and wanted[nearest] <= file.highest_id


def _touches(day: date, stretch: Range) -> bool:
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    after_start = stretch.start is None or begin + timedelta(days=1) > stretch.start
    return after_start and (stretch.end is None or begin < stretch.end)


def newest(handle: TableHandle) -> Snapshot:
    """Give the newest snapshot of a table."""
    if not handle.exists:
        handle.forget()
        return Snapshot(handle.layout, None)
    with handle.lock:
        return snapshot_of(handle, handle.fresh())


def snapshot_of(handle: TableHandle, table: Any) -> Snapshot:
    """Give the snapshot that the kept Delta table stands at, without looking for a newer one."""
    if handle.described is None or handle.described.version != table.version():
        handle.described = describe(handle, table)
    described: Snapshot = handle.described
    return described


def describe(handle: TableHandle, table: Any) -> Snapshot:
    """Give the snapshot that an open Delta table stands at."""
    with told(f"reading the log of {handle.layout.name!r}"):
        actions = pa.table(table.get_add_actions(flatten=True)).to_pydict()
        version, evolved, keyed = table.version(), handle.evolved(table), handle.keyed(table)
    return Snapshot(handle.layout, version, tuple(_files(handle, actions)), evolved, keyed)


def _files(handle: TableHandle, actions: dict[str, list[Any]]) -> Iterable[DataFile]:
    unknown: list[Any] = [None] * len(actions["path"])
    name = handle.layout.identity[-1] if handle.layout.identity else ""
    rows = zip(
        actions["path"],
        actions[f"partition.{PARTITION}"] if actions["path"] else unknown,
        actions["num_records"],
        actions["size_bytes"],
        actions.get(f"min.{name}", unknown),
        actions.get(f"max.{name}", unknown),
        strict=True,
    )
    ordered = sorted(rows, key=lambda row: (row[1], row[0]))  # the log's own order changes between openings
    return (DataFile(str(handle.path / path), path, *rest) for path, *rest in ordered)


def as_it_was(handle: TableHandle, as_of: int | Moment) -> Snapshot:
    """Give a past snapshot of a table.

    Parameters
    ----------
    as_of
        A version number, a version as provenance writes it (``"events@12"``), or a moment: the last
        version that was written at or before it. A date alone means the end of that UTC day.

    Raises
    ------
    SnapshotError
        There was no such version, nothing had been written by then, or its files were vacuumed.
    """
    name = handle.layout.name
    if not handle.exists:
        raise SnapshotError(f"the table {name!r} has no history, nothing was ever written", "Load something first.")
    version = _version(handle, as_of)
    try:
        snapshot = describe(handle, handle.at(version))
    except Exception as problem:
        advice = "`analytics lake history` lists the versions that can still be read."
        raise SnapshotError(f"the table {name!r} has no version {version} (as_of={as_of!r})", advice) from problem
    gone = [file.path for file in snapshot.files if not Path(file.path).exists()]
    if gone:
        fact = f"version {version} of {name!r} lost {len(gone)} of {len(snapshot.files)} files to a vacuum"
        raise SnapshotError(fact, "Ask for a newer version; the setting lake.history says how long old ones are kept.")
    return snapshot


def _version(handle: TableHandle, as_of: int | Moment) -> int:
    if isinstance(as_of, int):
        return as_of
    named = f"{handle.layout.name}@"
    if isinstance(as_of, str) and as_of.startswith(named):
        number = as_of.removeprefix(named)
        if not number.isdecimal():
            raise SnapshotError(f"as_of={as_of!r} names no version", f'Write a number behind the @, as in "{named}12".')
        return int(number)
    return version_at(handle, moment("as_of", as_of, end=True))


def version_at(handle: TableHandle, when: datetime) -> int:
    """Give the last version written at or before a moment, by the times in the log itself.

    The files' own times, which the Delta library goes by, change when a lake is copied or restored.
    """
    found, latest = None, datetime.min.replace(tzinfo=UTC)
    for commit in sorted(commits(handle), key=lambda entry: int(entry["version"])):
        latest = max(latest, commit["time"])  # clocks may step back between two writers
        if latest <= when:
            found = int(commit["version"])
    if found is None:
        fact = f"nothing had been written to {handle.layout.name!r} by {when:%Y-%m-%d %H:%M:%S} UTC"
        raise SnapshotError(fact, "`analytics lake history` lists what was written when.")
    return found


def commits(handle: TableHandle, limit: int | None = None) -> list[dict[str, Any]]:
    """Give the log's entries, newest first, each with an aware ``time``."""
    with handle.lock, told(f"reading the history of {handle.layout.name!r}"):
        entries: list[dict[str, Any]] = handle.fresh().history(limit)
    for entry in entries:
        entry["time"] = datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
    return entries
