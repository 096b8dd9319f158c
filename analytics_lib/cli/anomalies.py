"""`analytics anomalies`: what was found, and what people made of it."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from analytics_lib.cli.options import OnlyTenant, WorkspaceOption
from analytics_lib.cli.report import wide_console

commands = typer.Typer(no_args_is_help=True, help="List found anomalies and say what they were.")


@commands.command("list")
def list_command(
    *,
    tenant: OnlyTenant = None,
    series: Annotated[str | None, typer.Option(help="Only of this series.")] = None,
    status: Annotated[str | None, typer.Option(help="new, confirmed or dismissed.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Newest anomalies shown.")] = 20,
    workspace: WorkspaceOption = None,
) -> None:
    """List recorded anomalies, the newest first."""
    from analytics_lib.display import format_moment, format_number
    from analytics_lib.state.anomaly_history import list_anomalies
    from analytics_lib.workspace import open_workspace

    found = list_anomalies(open_workspace(workspace).state, tenant_id=tenant, series=series, status=status, limit=limit)
    if not found:
        typer.echo("No anomaly is kept that fits. What `record_check` finds is, and what is reviewed on a dashboard.")
        return
    table = Table(
        "id", "time (UTC)", "series", "value", "expected", "severity", "reason", "status", "by", "note",
        box=None, pad_edge=False,
    )  # fmt: skip
    for one in found:
        table.add_row(
            one.anomaly_id, format_moment(one.time), one.series, format_number(one.value), format_number(one.expected),
            one.severity, one.reason, one.status, one.reviewed_by or "–", one.note or "–",
        )  # fmt: skip
    wide_console().print(table)


@commands.command("review")
def review_command(
    anomaly_id: str,
    status: Annotated[str, typer.Argument(help="confirmed, dismissed, or new to take a review back.")],
    *,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    by: Annotated[str | None, typer.Option(help="Who says so; default: you.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what an anomaly was."""
    from analytics_lib.state.anomaly_history import review_anomaly
    from analytics_lib.workspace import open_workspace

    kept = review_anomaly(
        open_workspace(workspace).state, anomaly_id, status,
        reviewed_by=by or getpass.getuser(), reviewed_at=datetime.now(UTC), note=note,
    )  # fmt: skip
    typer.echo(f"{kept.anomaly_id}: {kept.series} at {kept.time:%Y-%m-%d %H:%M} UTC is {kept.status}")
