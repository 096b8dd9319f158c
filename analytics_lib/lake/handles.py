"""An open Delta table: kept fresh, opened anew now and then, its faults told in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

import pyarrow as pa

from analytics_lib.engine.keys import PERSON_KEY
from analytics_lib.errors import LakeError
from analytics_lib.lake.layout import PARTITION, TableLayout

REOPEN_EVERY: Final = 100
"""Commits after which a kept table is opened anew: one kept for long gets slower with each commit."""

CHECKPOINT_EVERY: Final = 100
"""Commits between checkpoints; without them, opening a table reads its whole log."""


@contextmanager
def told(action: str) -> Iterator[None]:
    """Turn the faults of the Delta library into ours; a lost race stays a ``CommitFailedError``.

    Its Rust side may also panic, with an exception that ``except Exception`` does not catch.
    """
    from deltalake.exceptions import CommitFailedError, DeltaError

    try:
        yield
    except CommitFailedError:
        raise
    except (DeltaError, OSError) as problem:
        advice = "Look at the folder and its rights; `analytics doctor` checks both."
        raise LakeError(f"{action} failed: {_first_line(problem)}", advice) from problem
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":
            raise
        advice = 'Start worker processes with "spawn", never by fork, and run it again.'
        raise LakeError(f"{action} failed inside the Delta library: {_first_line(problem)}", advice) from problem


def _first_line(problem: BaseException) -> str:
    return str(problem).strip().partition("\n")[0] or type(problem).__name__


class TableHandle:
    """One table of the lake, as a process keeps it open; may be shared by threads."""

    def __init__(self, folder: Path, layout: TableLayout) -> None:
        self.path = folder / layout.name
        self.layout = layout
        self.lock = RLock()
        self._table: Any = None
        self._opened_at = 0
        self._prepared = False
        self.described: Any = None
        """The newest snapshot, as long as it is; listing ten thousand files takes a fifth of a second."""

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return (self.path / "_delta_log").is_dir()

    def fresh(self) -> Any:
        """Give the Delta table at its newest version; the same object as long as that pays.

        A commit made with this object fails when another commit came between, which is what makes
        "read, then write" safe. Hold :attr:`lock` around the two.
        """
        from deltalake import DeltaTable

        with self.lock, told(f"opening the table {self.layout.name!r}"):
            if self._table is not None:
                self._table.update_incremental()
            if self._table is None or self._table.version() - self._opened_at >= REOPEN_EVERY:
                self._table = DeltaTable(str(self.path))
                self._opened_at = self._table.version()
            return self._table

    def forget(self) -> None:
        """Let go of a table that is no longer there."""
        with self.lock:
            self._table, self._prepared, self.described = None, False, None

    def at(self, version: int) -> Any:
        """Give the Delta table as it was at a version; never the kept object."""
        from deltalake import DeltaTable

        return DeltaTable(str(self.path), version=version)

    def create(self, history: str) -> None:
        """Make the table if it is not there, and add columns that the layout has and the table lacks.

        Parameters
        ----------
        history
            How long old versions stay readable, in Delta's words: ``interval 90 days``.
        """
        from deltalake import DeltaTable

        if self._prepared and self.exists:
            return
        with self.lock, told(f"making the table {self.layout.name!r}"):
            if not self.exists:
                DeltaTable.create(
                    str(self.path),
                    self.layout.stored_schema,
                    mode="ignore",
                    partition_by=[PARTITION],
                    name=self.layout.name,
                    configuration=self._configuration(history),
                    raise_if_key_not_exists=False,
                )
            self._add_columns()
            self._prepared = True

    def _configuration(self, history: str) -> dict[str, str]:
        judged = (*self.layout.identity, *self.layout.sort_by, self.layout.time_column)
        return {
            "delta.checkpointInterval": str(CHECKPOINT_EVERY),
            "delta.logRetentionDuration": history,
            "delta.deletedFileRetentionDuration": history,
            "delta.setTransactionRetentionDuration": history,
            # Statistics only where they help to skip files: the log would be several times as long.
            "delta.dataSkippingStatsColumns": ",".join(dict.fromkeys(judged)),
            **self.layout.settings(),
        }

    def _add_columns(self) -> None:
        from deltalake import Schema

        table = self.fresh()
        found = {field.name for field in table.schema().fields}
        lacking = [field for field in self.layout.schema if field.name not in found]
        if lacking:
            table.alter.add_columns(Schema.from_arrow(pa.schema(lacking)).fields)
            self.fresh().alter.set_table_properties({"analytics.evolved": "true"}, raise_if_not_exists=False)
            self.fresh()

    def keyed(self, table: Any) -> bool:
        """Tell whether all files of an open Delta table have the hidden key of people; only a new table gets it."""
        return PERSON_KEY in {field.name for field in table.schema().fields}

    def evolved(self, table: Any) -> bool:
        """Tell whether some files of an open Delta table may lack a column that the layout has."""
        found = {field.name for field in table.schema().fields}
        marked = table.metadata().configuration.get("analytics.evolved") == "true"
        return marked or not found.issuperset(self.layout.schema.names)


def stored_layout(folder: Path, table: str) -> TableLayout | None:
    """Read the layout of a table from the table itself; None when it is not there."""
    from deltalake import DeltaTable

    if not (folder / table / "_delta_log").is_dir():
        return None
    with told(f"opening the table {table!r}"):
        opened = DeltaTable(str(folder / table))
        columns, settings = pa.schema(opened.schema().to_arrow()), opened.metadata().configuration
    shown = [_plain(field) for field in columns if field.name != PERSON_KEY]
    return TableLayout.from_settings(table, pa.schema(shown), settings)


def _plain(field: pa.Field) -> pa.Field:
    """Give the same column without Arrow's newer text types, which not every reader takes."""
    return field.with_type(pa.string()) if pa.types.is_string_view(field.type) else field
