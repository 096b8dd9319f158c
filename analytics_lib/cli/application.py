"""The command line: one module per command group, gathered here."""

from __future__ import annotations

import importlib.metadata
import sys
from typing import Annotated

import typer

from analytics_lib.cli.anomalies import commands as anomaly_commands
from analytics_lib.cli.dashboards import dashboards
from analytics_lib.cli.demo import demo
from analytics_lib.cli.doctor import doctor
from analytics_lib.cli.load import formats, load
from analytics_lib.cli.quarantine import commands as quarantine_commands
from analytics_lib.cli.report import commands as report_commands
from analytics_lib.cli.schedule import commands as schedule_commands
from analytics_lib.cli.workspace import init, lake
from analytics_lib.errors import AnalyticsError, ArgumentError, SettingsError, UnknownReportError

application = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Self-hosted analytics that people can trust.",
)

FAILED = 1
MISUSED = 2
INTERRUPTED = 130


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"analytics_lib {importlib.metadata.version('analytics-lib')}")
        raise typer.Exit


@application.callback()
def analytics(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Tell the version and end.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Self-hosted analytics that people can trust."""


application.command()(init)
application.command()(load)
application.command()(formats)
application.command()(doctor)
application.command()(demo)
application.command()(dashboards)
application.add_typer(lake, name="lake")
application.add_typer(quarantine_commands, name="quarantine")
application.add_typer(report_commands, name="report")
application.add_typer(schedule_commands, name="schedule")
application.add_typer(anomaly_commands, name="anomalies")


def main() -> None:
    """Run the command line; an error of ours is two sentences and an exit code, never a traceback."""
    try:
        application()
    except AnalyticsError as problem:
        typer.echo(f"error: {problem}", err=True)
        sys.exit(MISUSED if isinstance(problem, ArgumentError | SettingsError | UnknownReportError) else FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
