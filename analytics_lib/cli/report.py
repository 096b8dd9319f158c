"""`analytics report`: list reports, run one, show what one takes, look at past runs."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analytics_lib.cli.options import WorkspaceOption
from analytics_lib.errors import AnalyticsError, ArgumentError

commands = typer.Typer(no_args_is_help=True, help="Run report notebooks and keep what they made.")

EXITS = (
    "Exit codes: 0 success, 1 the notebook failed, 2 bad parameters, 3 data missing, 4 infrastructure, "
    "5 time-out, 6 skipped."
)


def wide_console() -> Console:
    """Give a console that cuts no table off where nobody watches: in a pipe there is no edge."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=240)


def fail_for(problems: list[AnalyticsError]) -> None:
    """Tell which reports can't be read, after what can be told of the others; ends with exit code 1."""
    for problem in problems:
        typer.echo(f"error: {problem}", err=True)
    if problems:
        raise typer.Exit(1)


@commands.command("list")
def list_reports(workspace: WorkspaceOption = None) -> None:
    """List the reports of a workspace, and when they run by themselves."""
    from analytics_lib.reporting.reports import open_report, report_names
    from analytics_lib.workspace import open_workspace

    home = open_workspace(workspace)
    table = Table("name", "title", "audience", "schedule", "parameter sets", box=None, pad_edge=False)
    problems = []
    for name in report_names(home):
        try:
            report = open_report(home, name)
        except AnalyticsError as problem:
            problems.append(problem)
            continue
        when = f"{report.schedule.cron} {report.schedule.time_zone}" if report.schedule else "–"
        table.add_row(name, report.title, report.audience, when, ", ".join(report.parameter_sets) or "–")
    wide_console().print(table)
    fail_for(problems)


@commands.command("show")
def show_report(name: str, workspace: WorkspaceOption = None) -> None:
    """Show what a report answers, which parameters it takes, and its parameter sets."""
    from analytics_lib.parameters.texts import to_text
    from analytics_lib.reporting.reports import open_report
    from analytics_lib.workspace import open_workspace

    report = open_report(open_workspace(workspace), name)
    console = wide_console()
    console.print(f"[bold]{report.title}[/]\n{report.description}".rstrip())
    if report.audience:
        console.print(f"For: {report.audience}")
    console.print(f"Formats: {', '.join(report.formats)}")
    if report.schedule:
        console.print(f"Schedule: {report.schedule.cron} ({report.schedule.time_zone})")
    table = Table("parameter", "type", "default", "meaning", box=None, pad_edge=False)
    for parameter in report.contract():
        table.add_row(parameter.name, str(parameter.kind), to_text(parameter.default) or "–", parameter.help)
    console.print(table)
    for known, values in report.parameter_sets.items():
        console.print(f"Set {known}: {', '.join(f'{key}={to_text(value)}' for key, value in values.items())}")


@commands.command("run", epilog=EXITS)
def run_command(
    name: str,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="name=value; may be given several times.")
    ] = None,
    *,
    parameter_set: Annotated[str | None, typer.Option("--set", help="A parameter set of report.toml.")] = None,
    formats: Annotated[
        str | None, typer.Option("--format", "-f", help="html, pdf, xlsx, csv, json, parquet; several with commas.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Run a report; say how it ended, where it is and what it made."""
    from analytics_lib.reporting.reports import run_report

    run = run_report(
        name,
        parse_assignments(parameter or []),
        workspace=workspace,
        parameter_set=parameter_set,
        formats=formats.split(",") if formats else None,
    )
    typer.echo(run.line(), err=not run.succeeded)
    typer.echo(f"folder: {run.folder}")
    for file in run.files:
        typer.echo(f"  {file}")
    raise typer.Exit(run.verdict.exit_code)


@commands.command("history")
def history(
    name: Annotated[str | None, typer.Argument(help="Report; default: all.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="Newest runs shown.")] = 20,
    workspace: WorkspaceOption = None,
) -> None:
    """Show past runs, the newest first."""
    from analytics_lib.display import format_duration, format_moment
    from analytics_lib.reporting.history import settle_lost_runs
    from analytics_lib.state.runs import list_runs
    from analytics_lib.workspace import open_workspace

    home = open_workspace(workspace)
    settle_lost_runs(home)
    past = list_runs(home.state, report=name, limit=limit)
    if not past:
        typer.echo("No report has run yet. Run one: analytics report run NAME")
        return
    table = Table("started (UTC)", "report", "set", "outcome", "took", "reason", "folder", box=None, pad_edge=False)
    for run in past:
        took = format_duration(run.duration_seconds)
        table.add_row(
            format_moment(run.started_at), run.report, run.parameter_set or "–", run.outcome, took, run.reason,
            run.folder or "–",
        )  # fmt: skip
    wide_console().print(table)


def parse_assignments(given: list[str]) -> dict[str, str]:
    """Read ``name=value`` as typed on a command line; the value may hold anything.

    Raises
    ------
    ArgumentError
        No ``=``, or a name given twice.

    Examples
    --------
    >>> parse_assignments(["zip_code=00123", "note=a=b"])
    {'zip_code': '00123', 'note': 'a=b'}
    """
    values: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise ArgumentError(f"{text!r} is not name=value", "Write, for example, -p tenant_id=shop.")
        if name.strip() in values:
            raise ArgumentError(f"the parameter {name.strip()!r} is given twice", "Give it once.")
        values[name.strip()] = value
    return values
