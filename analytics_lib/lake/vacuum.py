"""Files that no readable version needs, deleted after a grace period."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from analytics_lib.lake.handles import TableHandle, told


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What a vacuum deleted, or would delete."""

    files: tuple[str, ...]
    """Paths inside the table, in order."""
    size_bytes: int
    """Space that was freed."""


def vacuum(handle: TableHandle, *, retention: timedelta, orphans: bool, dry_run: bool = False) -> Vacuumed:
    """Delete what is not needed any more; the caller holds the lock."""
    if not handle.exists:
        return Vacuumed((), 0)
    with handle.lock, told(f"cleaning up {handle.layout.name!r}"):
        table = handle.fresh()
        hours = math.ceil(retention / timedelta(hours=1))
        options = {"retention_hours": hours, "enforce_retention_duration": False, "full": orphans}
        listed = sorted(table.vacuum(dry_run=True, **options))
        freed = sum(_size(handle.path / file) for file in listed)
        if not dry_run:
            table.vacuum(dry_run=False, **options)
            table.cleanup_metadata()
            handle.fresh()
    staged = _stray_log_files(handle.path / "_delta_log", older_than=retention) if orphans else []
    for path in () if dry_run else staged:
        path.unlink()
    return Vacuumed((*listed, *(f"_delta_log/{path.name}" for path in staged)), freed)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _stray_log_files(folder: Path, *, older_than: timedelta) -> list[Path]:
    """List half-written log entries of killed writers (``….json#1``)."""
    limit = time.time() - older_than.total_seconds()
    return [path for path in sorted(folder.glob("*#*")) if path.stat().st_mtime <= limit]
