"""Options that several commands take: said once, so that they are spelled and explained alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", help="Folder of the workspace; default: the one you are in.")
]
OnlyTenant = Annotated[
    str | None, typer.Option("--tenant-id", "--tenant", metavar="ID", help="Only of this owner of data.")
]
OwnerOption = Annotated[
    str | None,
    typer.Option("--tenant-id", "--tenant", metavar="ID", help="Owner of all events; else as each event says."),
]
