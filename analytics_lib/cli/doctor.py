"""`analytics doctor`: what is wrong with this installation, and what to do."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analytics_lib.cli.options import WorkspaceOption
from analytics_lib.config.whereabouts import VARIABLE, workspace_folder
from analytics_lib.doctor import Finding, Status, examine
from analytics_lib.errors import WorkspaceError

COLOURS = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "red"}


def doctor(
    workspace: WorkspaceOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Look at versions, browser, clock, keys, disk, state and lake; exit code 1 when something fails."""
    looked_at = workspace or _here()
    findings = examine(looked_at)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _print(findings)
        if looked_at is None:
            typer.echo("This is the installation alone: no workspace is here. Name one with --workspace FOLDER.")
    raise typer.Exit(any(finding.status is Status.FAIL for finding in findings))


def _here() -> Path | None:
    """Give the workspace that every other command would take; one that is named and is none is for the doctor."""
    try:
        return workspace_folder()
    except WorkspaceError:
        return Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def _print(findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in findings:
        colour = COLOURS[finding.status]
        table.add_row(f"[{colour}]{finding.status}[/]", finding.check, finding.fact)
        if finding.advice:
            table.add_row("", "", f"[bold]→[/] {finding.advice}")
    Console().print(table)
