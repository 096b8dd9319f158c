"""The lake: named tables in a folder, read as snapshots, written exactly once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import RLock
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from analytics_lib import checks
from analytics_lib.errors import LakeError, nearest
from analytics_lib.lake import append, rewrite, snapshots, vacuum
from analytics_lib.lake.append import Appended
from analytics_lib.lake.handles import TableHandle, stored_layout
from analytics_lib.lake.identities import known_rows
from analytics_lib.lake.layout import LAYOUTS, TableLayout, conform
from analytics_lib.lake.locks import sink_lock
from analytics_lib.lake.rewrite import Rewritten
from analytics_lib.lake.snapshots import Snapshot
from analytics_lib.lake.vacuum import Vacuumed
from analytics_lib.periods import Duration, Moment, duration, time_range


def open_lake(folder: str | Path, *, history: Duration = "90d", patience: Duration = "10min") -> Lake:
    """Open the lake in a folder; a new or empty folder is an empty lake.

    Parameters
    ----------
    folder
        Where the tables lie, one folder each.
    history
        How long past versions stay readable at least.
    patience
        How long a writer waits for another one before it gives up.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> lake = open_lake(mkdtemp())
    >>> lake.read("events").count().execute()
    0
    """
    return Lake(Path(folder).expanduser().resolve(), history=history, patience=patience)


class Lake:
    """Delta tables in one folder. Any number of processes may read and write it at the same time.

    Every read stands on one version and stays there; every write is whole or not at all. Open one
    per process (it may be shared by threads); worker processes must be spawned, not forked.
    """

    def __init__(self, folder: Path, *, history: Duration = "90d", patience: Duration = "10min") -> None:
        self.folder = folder
        self.history_kept = duration("history", history)
        self._patience_seconds = duration("patience", patience).total_seconds()
        self._handles: dict[str, TableHandle] = {}
        self._lock = RLock()

    def __repr__(self) -> str:
        return f"Lake({str(self.folder)!r})"

    def tables(self) -> tuple[str, ...]:
        """Give the names of the tables that hold something or always exist, in order."""
        found = (path.parent.name for path in self.folder.glob("*/_delta_log"))
        return tuple(sorted({*LAYOUTS, *found}))

    def create(self, layout: TableLayout) -> None:
        """Make a table for a measurement of its own; nothing happens if it is there.

        Raises
        ------
        LakeError
            A table of that name exists with another time column, order, identity or content.
        """
        known = LAYOUTS.get(layout.name) or stored_layout(self.folder, layout.name)
        if known is not None and known.settings() != layout.settings():
            fact = f"the table {layout.name!r} is there already, laid out differently"
            raise LakeError(fact, "Choose another name for the new measurement.")
        with self._lock:
            self._handles[layout.name] = TableHandle(self.folder, layout)
        with self._writing(layout.name):
            pass

    def append(
        self,
        table: str,
        rows: pa.Table,
        *,
        batch_id: str,
        writer: str | None = None,
        sequence: int | None = None,
        content: Iterable[str] | None = None,
    ) -> Appended:
        """Store a batch of rows exactly once, and tell how many were new, duplicate or in conflict.

        Calling again with the same batch, after an error or a crash at any moment, stores nothing
        twice and gives the same counts. Rows whose identity (for events: tenant_id and event_id) is
        in the table already are left out, however far back it is.

        Parameters
        ----------
        rows
            Arrow table with columns of the table; missing ones become null. ``day``, ``stored_at`` and
            ``batch_id`` are filled in. Naive times are UTC.
        batch_id
            Names this batch. The same rows must come under the same name when they are sent again.
        writer, sequence
            For a spool that sends numbered batches for ever: its name and the batch's number, which
            only grows. A number at or below :meth:`committed` is not stored again. Without them each
            batch is remembered by itself, for as long as history is kept.
        content
            Columns that must agree when the name does; default: the table's own. Leave ``user_id`` out
            after a pseudonym key was rotated, since the same person has another one then.

        Raises
        ------
        LakeError
            A column or value does not fit the table; nothing was stored.
        LakeBusyError
            Other writers were in the way for too long; nothing was stored, try again.
        """
        layout = self._handle(table).layout
        compared = layout.content if content is None else tuple(content)
        fitting = conform(rows, layout, batch_id=batch_id, stored_at=datetime.now(UTC))
        batch = append.batch_of(fitting, batch_id=batch_id, writer=writer, sequence=sequence, content=compared)
        if not fitting.num_rows:
            return Appended(self.version(table), 0, 0, fitting)
        with self._writing(table) as handle:
            return append.commit_batch(handle, batch)

    def committed(self, table: str, writer: str) -> int | None:
        """Give the last number that a writer got stored; None when it never did."""
        handle = self._handle(table)
        if not handle.exists:
            return None
        last: int | None = handle.fresh().transaction_version(f"writer:{writer}")
        return last

    def read(
        self,
        table: str,
        *,
        start: Moment | None = None,
        end: Moment | None = None,
        tenant_id: str | None = None,
        as_of: int | Moment | None = None,
        columns: Iterable[str] | None = None,
    ) -> Any:
        """Give a lazy Ibis table over one snapshot; nothing is read until a result is asked for.

        Parameters
        ----------
        start, end
            Rows with ``start <= time < end``; a date alone as the end means that whole UTC day.
            Files of other days are not opened.
        tenant_id
            Rows of this tenant only.
        as_of
            A past state: a version (``12`` or ``"events@12"``) or a moment. Default: the newest.
        columns
            Only these.

        Raises
        ------
        LakeError
            No such table.
        SnapshotError
            No such past state.
        """
        snapshot = self.snapshot(table, as_of=as_of)
        stretch = time_range(start, end)
        chosen = snapshot.table(snapshot.within(stretch))
        when = chosen[snapshot.layout.time_column]
        conditions = [] if stretch.start is None else [when >= ibis.literal(stretch.start)]
        conditions += [] if stretch.end is None else [when < ibis.literal(stretch.end)]
        conditions += [] if tenant_id is None else [chosen["tenant_id"] == tenant_id]
        kept = chosen.filter(*conditions) if conditions else chosen
        return kept if columns is None else kept.select(*columns)

    def snapshot(self, table: str, *, as_of: int | Moment | None = None) -> Snapshot:
        """Give one version of a table: its number, files, days and number of rows."""
        handle = self._handle(table)
        return snapshots.newest(handle) if as_of is None else snapshots.as_it_was(handle, as_of)

    def version(self, table: str) -> int | None:
        """Give the newest version of a table; None when nothing was ever written."""
        handle = self._handle(table)
        return handle.fresh().version() if handle.exists else None

    def known(self, table: str, keys: pa.Table, columns: Sequence[str] = ()) -> pa.Table:
        """Give the stored rows whose identity is among `keys`, one each, with `columns` beside it."""
        return known_rows(self.snapshot(table), keys, columns)

    def history(self, table: str, limit: int | None = None) -> pd.DataFrame:
        """Give what was done to a table, newest first.

        Returns
        -------
        pandas.DataFrame
            ``version``, ``time`` (UTC), ``operation``, ``rows_added``, ``files_added``,
            ``files_removed``, ``batch_id``.
        """
        handle = self._handle(table)
        entries = snapshots.commits(handle, limit) if handle.exists else []
        return pd.DataFrame([_told(entry) for entry in entries], columns=_HISTORY)

    def compact(self, table: str, *, before: date | None = None, minimum_files: int = 2) -> Rewritten:
        """Rewrite each closed day that lies in several files into one sorted file; no number changes.

        Parameters
        ----------
        before
            Days before this one are closed. Default: today (UTC).
        minimum_files
            Leave days alone that lie in fewer files; after each load, 4 or more saves work on days that
            get a few late rows every time.
        """
        last = before or datetime.now(UTC).date()
        with self._writing(table, create=False) as handle:
            return rewrite.compact(
                handle, before=last, minimum_files=checks.whole_number("minimum_files", minimum_files, at_least=2)
            )

    def delete(self, table: str, matching: Mapping[str, Collection[str]]) -> Rewritten:
        """Remove the rows that match, from the newest version on; vacuum removes them from disk.

        Parameters
        ----------
        matching
            Column to values; a row goes when it agrees in every column, for example
            ``{"tenant_id": ["shop"], "user_id": ["u1", "u2"]}``.
        """
        with self._writing(table, create=False) as handle:
            return rewrite.delete(handle, matching)

    def vacuum(
        self, table: str, *, retention: Duration | None = None, orphans: bool = True, dry_run: bool = False
    ) -> Vacuumed:
        """Delete files that no readable version needs, and what killed writers left behind.

        Parameters
        ----------
        retention
            Files that were needed within this time stay, because someone may still read them.
            Default: as long as history is kept. Shorter means that older versions are lost; ``"0s"``
            deletes everything that the newest version does not need, at once (for erasure).
        orphans
            Also look for files that no version ever had.
        dry_run
            Tell what would be deleted, and delete nothing.
        """
        kept = self.history_kept if retention is None else duration("retention", retention)
        with self._writing(table, create=False) as handle:
            return vacuum.vacuum(handle, retention=kept, orphans=orphans, dry_run=dry_run)

    @contextmanager
    def _writing(self, table: str, *, create: bool = True) -> Iterator[TableHandle]:
        handle = self._handle(table)
        with sink_lock(self.folder, table, timeout_seconds=self._patience_seconds):
            if create:
                handle.create(self._history_words())
            yield handle

    def _history_words(self) -> str:
        return f"interval {max(1, int(self.history_kept.total_seconds() // 3600))} hours"

    def _handle(self, table: str) -> TableHandle:
        with self._lock:
            if table not in self._handles:
                layout = LAYOUTS.get(table) or stored_layout(self.folder, table)
                if layout is None:
                    raise LakeError(f"the lake has no table {table!r}", nearest(table, self.tables()))
                self._handles[table] = TableHandle(self.folder, layout)
            return self._handles[table]


_HISTORY = ["version", "time", "operation", "rows_added", "files_added", "files_removed", "batch_id"]


def _told(entry: Mapping[str, Any]) -> tuple[object, ...]:
    counted = entry.get("operationMetrics") or {}
    batch = entry.get("analytics_batch") or {}
    written = str(entry.get("operation", ""))
    operation = "append" if batch else entry.get("analytics_operation") or _OPERATIONS.get(written, written.lower())
    counts = (counted.get("num_added_rows"), counted.get("num_added_files"), counted.get("num_removed_files"))
    return (entry["version"], entry["time"], operation, *counts, batch.get("batch_id"))


_OPERATIONS = {"CREATE TABLE": "create", "ADD COLUMN": "add columns"}
