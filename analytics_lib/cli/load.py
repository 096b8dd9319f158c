"""``analytics load``: a file or folder of events into the workspace, with a receipt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics_lib.cli.options import OwnerOption, WorkspaceOption

STRICT_REFUSED = 1
"""Exit code when ``--strict`` stored nothing because an event was bad."""


def load(
    source: Annotated[str, typer.Argument(help="A file, a folder, or a quoted pattern such as 'logs/*.csv'.")],
    *,
    format: Annotated[str, typer.Option(help="Name of a format; auto looks at the file.")] = "auto",  # noqa: A002
    tenant: OwnerOption = None,
    mapping: Annotated[Path | None, typer.Option(help="TOML or YAML file that says what the columns mean.")] = None,
    workspace: WorkspaceOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, write nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Store nothing if a single event is bad.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
) -> None:
    """Load events; the same twice adds nothing, and what can't be believed is kept aside.

    Exit code 0: loaded, also when events were kept aside (the receipt counts them). 1: nothing was loaded,
    because the source can't be read or --strict found a bad event. 2: the command was wrong.
    """
    from analytics_lib.workspace import open_workspace

    opened = open_workspace(workspace)
    options: dict[str, Any] = {"tenant_id": tenant, "mapping": mapping, "dry_run": dry_run, "strict": strict}
    given = {name: value for name, value in options.items() if value}
    with progress_bar(Path(source).name, shown=not as_json) as progress:
        receipt = opened.load(source, format=format, progress=progress, **given)
    typer.echo(json.dumps(receipt.to_dict(), ensure_ascii=False, indent=2) if as_json else str(receipt))
    if receipt.quarantined and not (dry_run or as_json):
        typer.echo(f"  See what is wrong with those kept aside: analytics quarantine list --workspace {opened.folder}")
    if strict and not receipt.complete:
        raise typer.Exit(STRICT_REFUSED)


@contextmanager
def progress_bar(title: str, *, shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Give what is told of progress (done, all); draws a bar on a terminal and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not shown or not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def formats() -> None:
    """List the formats that can be loaded."""
    from analytics_lib.ingestion.catalogue import FORMATS

    for known in FORMATS.values():
        typer.echo(f"{known.name:<12} {known.title}")
