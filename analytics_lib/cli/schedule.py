"""`analytics schedule`: what runs when, what is due now, and a scheduler in the foreground."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from analytics_lib.cli.options import WorkspaceOption
from analytics_lib.cli.report import fail_for, wide_console

commands = typer.Typer(no_args_is_help=True, help="Run reports at the times their report.toml says.")


@commands.command("list")
def list_schedules(workspace: WorkspaceOption = None) -> None:
    """List every scheduled report and parameter set with its policies and its next moment."""
    from analytics_lib.reporting.scheduling import last_answered, scheduled_jobs
    from analytics_lib.reporting.slots import next_slots
    from analytics_lib.workspace import open_workspace

    home = open_workspace(workspace)
    table = Table(
        "job", "cron", "zone", "next", "last answered", "missed", "overlap", "tries", box=None, pad_edge=False
    )
    jobs, problems = scheduled_jobs(home)
    for job in jobs:
        coming = next_slots(job.schedule, datetime.now(UTC))
        last = last_answered(home, job)
        table.add_row(
            job.name, job.schedule.cron, job.schedule.time_zone or "UTC", _written(coming[0]) if coming else "never",
            _written(last) if last else "–", job.schedule.missed, job.schedule.overlap, str(job.report.retries + 1),
        )  # fmt: skip
    wide_console().print(table)
    fail_for(problems)


@commands.command("next")
def next_moments(
    name: str,
    *,
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 5,
    workspace: WorkspaceOption = None,
) -> None:
    """Print the next moments of a report, in its time zone."""
    from analytics_lib.reporting.scheduling import find_job
    from analytics_lib.reporting.slots import next_slots
    from analytics_lib.workspace import open_workspace

    schedule = find_job(open_workspace(workspace), name)[0].schedule
    for slot in next_slots(schedule, datetime.now(UTC), count=count):
        typer.echo(_written(slot))


@commands.command("run-due")
def run_due_command(workspace: WorkspaceOption = None) -> None:
    """Run what is due and end; call it every minute from cron or a systemd timer.

    Exit code 0 when nothing failed (also when nothing was due), else the highest code of `report run`; 1 when a
    report can't be read. The others run all the same.
    """
    from analytics_lib.reporting.scheduling import NO_FAILURE, run_due, scheduled_jobs, worst_exit_code
    from analytics_lib.workspace import open_workspace

    home = open_workspace(workspace)
    answers = run_due(home)
    for answer in answers:
        typer.echo(answer.line(), err=answer.outcome not in NO_FAILURE)
    if not answers and is_watched():  # a timer that calls every minute wants no mail about it
        typer.echo("Nothing is due. What comes next: analytics schedule list")
    if not worst_exit_code(answers):
        fail_for(scheduled_jobs(home)[1])
    raise typer.Exit(worst_exit_code(answers))


@commands.command("serve")
def serve(
    *,
    workers: Annotated[int | None, typer.Option(min=1, help="Reports at a time; default: one per core.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Run what is due until Ctrl-C; the definitions are read anew every minute."""
    from analytics_lib.reporting.daemon import Daemon
    from analytics_lib.workspace import open_workspace

    home = open_workspace(workspace)
    typer.echo(f"watching the reports of {home.folder} (Ctrl-C ends)")
    Daemon(home, tell=typer.echo, workers=workers).serve()


def _written(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")


def is_watched() -> bool:
    """Tell whether a person reads what is printed."""
    return sys.stdout.isatty()
