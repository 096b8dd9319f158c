"""`analytics demo`: published data in; a report as HTML and PDF, and dashboards, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.rule import Rule

from analytics_lib.config.settings import SETTINGS_FILE
from analytics_lib.datasets.published import retail_orders_file, shop_events_file
from analytics_lib.errors import ReportError

if TYPE_CHECKING:
    from analytics_lib.workspace import Workspace

MAGAZINE: Final = "magazine"
VISITS: Final = "made_visits.csv"
REPORT: Final = "weekly_overview"
REPORT_PARAMETERS: Final = {"tenant_id": "shop", "start": "2024-05-13", "end": "2024-06-09"}
"""The four weeks of the planted payment incident, so that it is on page one."""

DEMO_SETS: Final = """
# The demonstration has three tenants, and a report of each. Retail orders have no way to speak of: no funnel.
[parameter_sets.shop]
tenant_id = "shop"

[parameter_sets.magazine]
tenant_id = "magazine"

[parameter_sets.retail]
tenant_id = "retail"
steps = []
path = []
"""

DEMO_TENANTS: Final = """
[tenants.shop]
title = "Shop"
time_zone = "UTC"
synthetic = true
funnel = ["product_view", "add_to_cart", "payment_details", "purchase"]
label = "Synthetic data: a shop log published by others, with planted stories"

[tenants.magazine]
title = "Magazine"
time_zone = "UTC"
synthetic = true
funnel = ["page.view", "recommendation.click", "content.complete"]
label = "Made up by this library: visits with what people agreed to, clicks, recommendations, page load times"

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
    name: str
    """Name of its file."""
    find: Callable[[Path], Path]
    """Gives the file: one that ships with the library, or one made in the folder that is handed over."""


def _make_visits_file(folder: Path) -> Path:
    from analytics_lib.datasets.visits import make_visits

    file = folder / VISITS
    make_visits().to_csv(file, index=False)
    return file


DATA: Final = (
    DemoData("shop", "shop", "31,106 events of a synthetic shop", "ecom.csv.gz", lambda _: shop_events_file()),
    DemoData(MAGAZINE, "csv", "4,418 made-up events; what nobody agreed to is refused", VISITS, _make_visits_file),
    DemoData(
        "retail", "retail", "1,067,371 real order lines (a minute the first time)", "online_retail.csv.xz",
        lambda _: retail_orders_file(),
    ),
)  # fmt: skip


def demo(
    folder: Annotated[Path, typer.Argument(help="Workspace to make or to use again.")] = Path(".demo"),
    *,
    serve: Annotated[bool, typer.Option(help="Serve the dashboards at the end.")] = True,
    formats: Annotated[str, typer.Option("--format", help="Formats of the report.")] = "html,pdf",
) -> None:
    """Load two synthetic data sets and real orders, write a report, serve the dashboards. Nothing is loaded twice."""
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
        _append(settings, DEMO_TENANTS)
    report = workspace.folder / "reports" / REPORT / "report.toml"
    if "\n[parameter_sets." not in report.read_text(encoding="utf-8"):
        _append(report, DEMO_SETS)
    return open_workspace(workspace.folder)


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def load_data(workspace: Workspace) -> Iterator[str]:
    """Load what is not loaded yet; give the receipts, old or new."""
    from analytics_lib.state.loads import list_loads

    done = {(load.tenant_id, load.source): load for load in list_loads(workspace.state)}
    for data in DATA:
        earlier = done.get((data.tenant_id, data.name))
        if earlier is not None:
            yield f"{data.tenant_id}: loaded on {earlier.at:%Y-%m-%d}, nothing to add"
            yield f"  {_sum(earlier.counts)}"
            continue
        yield f"{data.tenant_id}: {data.what}"
        with TemporaryDirectory() as folder:
            yield str(workspace.load(data.find(Path(folder)), format=data.format, tenant_id=data.tenant_id))
    record_decisions(workspace)
    record_measurements(workspace)


def record_measurements(workspace: Workspace) -> None:
    """Record how long the made-up magazine's pages took; what is there already is not added again."""
    import pyarrow as pa

    from analytics_lib.datasets.measurements import make_measurements

    rows = pa.Table.from_pandas(make_measurements().assign(tenant_id=MAGAZINE), preserve_index=False)
    workspace.lake.append("metrics", rows, batch_id="made measurements")


def record_decisions(workspace: Workspace) -> None:
    """Record what the made-up people agreed to, once, under their pseudonyms; only that lets a visit be played."""
    import pyarrow as pa

    from analytics_lib.datasets.visits import decisions, make_visits
    from analytics_lib.privacy.pseudonyms import Keys
    from analytics_lib.state.consents import Decision, any_consent, record_consents

    if any_consent(workspace.state):
        return
    told = list(decisions(make_visits()))
    names = Keys(workspace.folder / "keys").pseudonyms(MAGAZINE, pa.array([one[0] for one in told])).to_pylist()
    known = [Decision(name, *rest) for name, (_, *rest) in zip(names, told, strict=True)]
    record_consents(workspace.state, known, tenant_id=MAGAZINE, source="made up")


def _sum(counts: Mapping[str, int]) -> str:
    parts = " + ".join(f"{counts[name]:,} {name}" for name in ("accepted", "duplicate", "quarantined", "rejected"))
    return f"{counts['sent']:,} sent = {parts}"


def write_report(workspace: Workspace, formats: list[str]) -> Iterator[str]:
    """Write the report, or point at the last one if nothing has changed since; give what to tell."""
    from analytics_lib.reporting.reports import run_report

    earlier = _finished_report(workspace, formats)
    if earlier is not None:
        yield f"{REPORT}: nothing has changed since the last run"
        yield from (f"  {file}" for file in earlier)
        return
    run = run_report(REPORT, REPORT_PARAMETERS, workspace=workspace.folder, formats=formats)
    yield run.line()
    yield from (f"  {file}" for file in run.files)
    if not run.succeeded:
        raise ReportError(run.line(), f"Look at the executed copy in {run.folder}.")


def _finished_report(workspace: Workspace, formats: list[str]) -> list[Path] | None:
    """Give the files of the last good run of the same days, if they are there and no event is new."""
    from analytics_lib.parameters.texts import wire_value
    from analytics_lib.parameters.validation import validate
    from analytics_lib.reporting.reports import open_report
    from analytics_lib.reporting.run import build_folder, run_folders
    from analytics_lib.reporting.verdict import read_verdict

    values = validate(open_report(workspace, REPORT).contract(), REPORT_PARAMETERS)
    wanted = {name: wire_value(value) for name, value in values.items()}
    seen = f"events@{workspace.lake.version('events')}"
    for folder in run_folders(build_folder(workspace.folder), REPORT):
        verdict = read_verdict(folder)
        files = [folder / output.path for output in verdict.outputs]
        kinds = {file.suffix.lstrip(".") for file in files}
        asked = verdict.parameters == wanted
        same = asked and seen in verdict.provenance.get("data_versions", ()) and not verdict.exit_code
        if same and kinds >= set(formats) and all(file.exists() for file in files):
            return files
    return None
