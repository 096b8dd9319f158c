"""The reports of a workspace: which there are, and one run of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from analytics_lib.config.content import content_folder
from analytics_lib.reporting.definition import ReportDefinition, find_report, report_folders
from analytics_lib.reporting.history import record_begin, record_end
from analytics_lib.reporting.run import Run, build_folder, run_definition
from analytics_lib.reporting.verdict import Verdict, read_verdict
from analytics_lib.workspace import Workspace, open_workspace


def report_roots(workspace: Workspace) -> list[Path]:
    """Give the folders that hold reports: the workspace's own, then those that ship; the first one wins."""
    return [workspace.folder / "reports", content_folder("reports")]


def report_names(workspace: Workspace) -> list[str]:
    """List the names of all reports of a workspace."""
    return sorted({folder.name for root in report_roots(workspace) for folder in report_folders(root)})


def open_report(workspace: Workspace, name: str) -> ReportDefinition:
    """Read one report of a workspace.

    Raises
    ------
    ReportError
        There is none of that name, or its definition is wrong.
    """
    return find_report(name, report_roots(workspace)).in_zone(workspace.settings.workspace.time_zone)


def run_report(
    name: str,
    parameters: Mapping[str, object] | None = None,
    *,
    workspace: Workspace | Path | str | None = None,
    parameter_set: str | None = None,
    formats: Iterable[str] | None = None,
    slot: datetime | None = None,
    attempt: int = 1,
) -> Run:
    """Run a report of a workspace and keep the run in its history.

    Parameters
    ----------
    name
        Name of the report: its folder.
    parameters
        Values over those of ``report.toml``, as text or native.
    workspace
        An open workspace or its folder; None = the one that is found from here.
    parameter_set
        A named set of ``report.toml``.
    formats
        ``html``, ``pdf``, ``xlsx``, ``csv``, ``json``, ``parquet``; None = what ``report.toml`` says.
    slot
        The scheduled moment this run answers; None when a person started it.
    attempt
        1 for the first try.

    Returns
    -------
    Run
        Verdict and folder; a notebook that fails is an answer, not an exception.

    Raises
    ------
    ReportError
        No such report or parameter set, or its definition is wrong.
    ArgumentError
        A format nobody knows.
    """
    home = workspace if isinstance(workspace, Workspace) else open_workspace(workspace)
    definition = open_report(home, name)
    begun: list[Path] = []

    def begin(verdict: Verdict, folder: Path) -> None:
        begun.append(folder)
        record_begin(home, verdict, folder)

    try:
        return run_definition(
            definition,
            parameters,
            build=build_folder(home.folder),
            workspace=home.folder,
            parameter_set=parameter_set,
            formats=formats,
            browser=home.settings.reports.browser,
            slot=slot,
            attempt=attempt,
            begun=begin,
        )
    finally:
        for folder in begun:  # also when the runner itself failed: the verdict on disk says so
            record_end(home, read_verdict(folder))
