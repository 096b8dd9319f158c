"""`analytics init` and `analytics lake …`: a new workspace, and what lies in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from analytics_lib.cli.options import WorkspaceOption
from analytics_lib.cli.report import wide_console
from analytics_lib.display import format_bytes, format_column, format_count, format_number
from analytics_lib.periods import duration

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

TableArgument = Annotated[str, typer.Argument(help="Name of the table.")]
Everywhere = Annotated[str | None, typer.Argument(help="Name of one table; default: all.")]

lake = typer.Typer(no_args_is_help=True, help="Look at the stored tables and keep them in order.")


def init(
    folder: Annotated[Path, typer.Argument(help="New or existing folder.")],
    *,
    name: Annotated[str | None, typer.Option(help="Shown on pages and reports; default: the folder's name.")] = None,
) -> None:
    """Make a workspace: settings, keys, empty tables, and the notebooks and reports that ship."""
    from analytics_lib.config.new_folder import make_workspace_folder
    from analytics_lib.workspace import open_workspace

    made = make_workspace_folder(folder, name=name)
    open_workspace(made.folder)  # an older one may have settings that are wrong; say so now
    shown = _shown(made.folder)
    if made.existed:
        print(f"{shown} was a workspace already; nothing of yours was changed.")
        print(f"{format_count(len(made.added), 'new file')} of this version{':' if made.added else ''}")
        print("".join(f"  {path}\n" for path in made.added), end="")
        return
    print(f"{shown} is a workspace. What next?")
    print(f"  settings     {shown}/analytics.toml")
    print(f"  load events  analytics load FILE --workspace {shown} --dry-run")
    print(f"  look around  jupyter lab {shown}/notebooks/explore")
    print(f"  check        analytics doctor --workspace {shown}")


def _shown(folder: Path) -> str:
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder != here and folder.is_relative_to(here) else str(folder)


@lake.command()
def info(workspace: WorkspaceOption = None) -> None:
    """List the tables: rows, days, files and size of the newest version."""
    opened = opened_workspace(workspace)
    print_table(
        ["table", "version", "rows", "first day", "last day", "files", "size"],
        (_described(opened, name) for name in opened.lake.tables()),
    )


def _described(workspace: Workspace, table: str) -> list[str]:
    snapshot = workspace.lake.snapshot(table)
    if snapshot.version is None:
        return [table, "never written", "0", "", "", "0", ""]
    days = snapshot.days or ("", "")
    size = format_bytes(sum(file.size_bytes for file in snapshot.files))
    counts = (format_number(snapshot.rows), str(days[0]), str(days[-1]), format_number(len(snapshot.files)))
    return [table, str(snapshot.version), *counts, size]


@lake.command()
def history(
    table: TableArgument = "events",
    *,
    workspace: WorkspaceOption = None,
    limit: Annotated[int, typer.Option(min=1, help="Newest entries to show.")] = 20,
) -> None:
    """List what was done to a table; `as_of` takes any of these versions or times."""
    frame = opened_workspace(workspace).lake.history(table, limit=limit)
    if frame.empty:
        print(f"{table}: never written")
        return
    columns = [format_column(str(name), frame[name]) for name in frame.columns]
    print_table([str(name).replace("_", " ") for name in frame.columns], map(list, zip(*columns, strict=True)))


@lake.command()
def compact(table: Everywhere = None, *, workspace: WorkspaceOption = None) -> None:
    """Rewrite each closed day that lies in several files into one sorted file; no number changes."""
    opened = opened_workspace(workspace)
    for name in _chosen(opened, table):
        done = opened.lake.compact(name)
        days, files = format_count(len(done.days), "day"), format_count(done.files_before, "file")
        print(f"{name}: {days}, {files} became {done.files_after}")


@lake.command()
def vacuum(
    table: Everywhere = None,
    *,
    workspace: WorkspaceOption = None,
    retention: Annotated[
        str | None,
        typer.Option(help='Keep what was needed within this time, like "7d"; default: the setting lake.history.'),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be deleted, delete nothing.")] = False,
) -> None:
    """Delete files that no readable version needs, and what killed writers left behind."""
    opened = opened_workspace(workspace)
    kept = None if retention is None else duration("retention", retention)
    for name in _chosen(opened, table):
        done = opened.lake.vacuum(name, retention=kept, dry_run=dry_run)
        files, size = format_count(len(done.files), "file"), format_bytes(done.size_bytes)
        print(f"{name}: {files} would be deleted, {size}" if dry_run else f"{name}: {files} deleted, {size} freed")


def opened_workspace(folder: Path | None) -> Workspace:
    """Open the workspace that an option names."""
    from analytics_lib.workspace import open_workspace

    return open_workspace(folder)


def _chosen(workspace: Workspace, table: str | None) -> tuple[str, ...]:
    """Give the table that was named, or all that were ever written."""
    if table is not None:
        return (table,)
    written = tuple(name for name in workspace.lake.tables() if workspace.lake.version(name) is not None)
    if not written:
        print("nothing was ever written")
    return written


def print_table(heads: list[str], rows: Iterable[list[str]]) -> None:
    """Print rows of text under their heads; where a terminal is too narrow a cell goes on below, and loses nothing."""
    printed = Table(box=None, pad_edge=False)
    for head in heads:
        printed.add_column(head, overflow="fold")
    for row in rows:
        printed.add_row(*row)
    wide_console().print(printed)
