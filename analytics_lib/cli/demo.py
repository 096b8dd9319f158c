"""`analytics demo`: real data in; a report as HTML and PDF, and dashboards, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.rule import Rule

from analytics_lib.config.settings import SETTINGS_FILE
from analytics_lib.errors import ReportError

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

REPORT: Final = "weekly_overview"

DEMO_TENANTS: Final = """
[tenants.shop]
title = "Shop"
time_zone = "UTC"
synthetic = true
label = "Synthetic data: a shop log published by others, with planted stories"

[tenants.retail]
title = "Retail orders"
time_zone = "Europe/London"
label = "Real orders: Online Retail II, UCI Machine Learning Repository, CC BY 4.0"
"""


@dataclass(frozen=True, slots=True)
class DemoData:
    """One data set of the demonstration."""

    tenant_id: str
    format: str
    what: str

    def file(self) -> Path:
        """Give the file that ships with the library."""
        from analytics_lib.datasets import published

        return published.shop_events_file() if self.tenant_id == "shop" else published.retail_orders_file()


DATA: Final = (
    DemoData("shop", "shop", "31,106 events of a synthetic shop"),
    DemoData("retail", "retail", "1,067,371 real order lines (a minute the first time)"),
)


def demo(
    folder: Annotated[Path, typer.Argument(help="Workspace to make or to use again.")] = Path(".demo"),
    *,
    serve: Annotated[bool, typer.Option(help="Serve the dashboards at the end.")] = True,
    formats: Annotated[str, typer.Option("--format", help="Formats of the report.")] = "html,pdf",
) -> None:
    """Load real data, write a report, serve the dashboards. A second run loads nothing twice."""
    console = Console()
    console.print(Rule("1 · workspace", align="left"))
    workspace = prepare_workspace(folder)
    console.print(f"{workspace.folder.name}: settings, lake, notebooks and reports in one folder")
    console.print(Rule("2 · data", align="left"))
    for line in load_data(workspace):
        console.print(line, highlight=False)
    console.print(Rule("3 · report", align="left"))
    for line in write_report(workspace, formats.split(",")):
        console.print(line, highlight=False, soft_wrap=True)
    if serve:
        from analytics_lib.dashboards.serving import serve_dashboards

        console.print(Rule("4 · dashboards (Ctrl-C ends them)", align="left"))
        serve_dashboards(workspace.folder)


def prepare_workspace(folder: Path) -> Workspace:
    """Make the demonstration's workspace, or open it if it is there."""
    from analytics_lib.workspace import create_workspace, open_workspace

    workspace = create_workspace(folder, name="Demonstration")
    settings = workspace.folder / SETTINGS_FILE
    if not workspace.settings.tenants:
        settings.write_text(settings.read_text(encoding="utf-8") + DEMO_TENANTS, encoding="utf-8")
    return open_workspace(workspace.folder)


def load_data(workspace: Workspace) -> Iterator[str]:
    """Load what is not loaded yet; give the receipts."""
    for data in DATA:
        yield f"{data.tenant_id}: {data.what}"
        yield str(workspace.load(data.file(), format=data.format, tenant_id=data.tenant_id))


def write_report(workspace: Workspace, formats: list[str]) -> Iterator[str]:
    """Write the report, or point at the last one if the data has not changed since; give what to tell."""
    from analytics_lib.reporting.definition import find_report
    from analytics_lib.reporting.run import build_folder, run_definition

    definition = find_report(REPORT, [workspace.folder / "reports"])
    run = run_definition(definition, build=build_folder(workspace.folder), workspace=workspace.folder, formats=formats)
    yield run.line()
    for file in run.files:
        yield f"  {file}"
    if not run.succeeded:
        raise ReportError(run.line(), f"Look at the executed copy in {run.folder}.")
