"""A newcomer's own events under own names: everything that ships answers without a word of it being edited."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics_lib.parameters.notebooks import read_parameters
from analytics_lib.reporting.reports import run_report
from analytics_lib.reporting.scheduling import run_due, scheduled_jobs
from analytics_lib.workspace import Workspace, create_workspace
from tests.conftest import ROOT

NOTEBOOKS = sorted([*(ROOT / "notebooks").rglob("*.ipynb"), *(ROOT / "reports").glob("*/report.ipynb")])
STEPS = [("Open Shelf", 1.0), ("Pick Book", 0.7), ("Borrow Book", 0.5), ("Return Book", 0.3)]
OWN = {"start", "end", "tenant_id", "time_zone", "steps", "path", "anchor", "event"}
"""Parameters whose defaults would be somebody's data."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Sixty readers of a library in March, as a file with names that no registry knows and no session."""
    chance, lines = random.Random(5), ["user_id,event,event_time"]
    for reader in range(60):
        when = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(hours=chance.random() * 480)
        for _visit in range(chance.choice([1, 1, 2, 3, 5])):
            for step, (name, share) in enumerate(STEPS):
                if chance.random() < share:
                    lines.append(f"reader-{reader},{name},{(when + timedelta(minutes=4 * step)).isoformat()}")
            when += timedelta(days=chance.random() * 6)
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "my.csv").write_text("\n".join(lines) + "\n")
    workspace = create_workspace(folder / "library")
    receipt = workspace.load(folder / "my.csv")
    assert receipt.accepted == len(lines) - 1
    return workspace


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_default_is_about_somebodys_data(notebook: Path) -> None:
    told = {one.name: one.default for one in read_parameters(notebook) if one.name in OWN}

    assert not any(told.values()), told


def test_the_report_is_about_the_only_tenant_and_its_newest_four_weeks(library: Workspace) -> None:
    run = run_report("weekly_overview", workspace=library.folder, formats=["html"])

    assert run.succeeded, run.line()
    [file] = run.files
    page = file.read_text()
    assert run.verdict.parameters["tenant_id"] == run.verdict.provenance["tenant_id"] == "default"
    assert "Weekly overview · default" in page
    assert "Open Shelf → Pick Book → Borrow Book (the usual steps; name yours in analytics.toml)" in page


def test_the_schedule_has_one_job_and_has_missed_nothing(library: Workspace) -> None:
    [job], problems = scheduled_jobs(library)

    assert (job.name, job.schedule.time_zone, problems) == ("weekly_overview", "UTC", [])
    moment = datetime(2026, 6, 3, 12, tzinfo=UTC)  # a Wednesday; the files are newer than the Monday before it
    assert run_due(library, now=moment) == []


def pages(workspace: Workspace) -> list[Any]:
    from analytics_lib.widgets.anomalies import AnomalyMonitorWidget
    from analytics_lib.widgets.funnel import FunnelWidget
    from analytics_lib.widgets.journeys import JourneysWidget
    from analytics_lib.widgets.overview import OverviewWidget
    from analytics_lib.widgets.retention import RetentionWidget

    kinds = (OverviewWidget, FunnelWidget, RetentionWidget, JourneysWidget, AnomalyMonitorWidget)
    return [kind(workspace, tenant_id="") for kind in kinds]


def test_every_dashboard_opens_with_the_tenant_that_is_there(library: Workspace) -> None:
    for page in pages(library):
        assert page.choices.tenant_id == "default"
        assert [value for _, value in page.controls.tenant.options] == ["default"]
        assert page.notice.layout.display == "none", page.notice.value


def test_every_dashboard_opens_before_anything_is_loaded(tmp_path: Path) -> None:
    for page in pages(create_workspace(tmp_path / "empty")):
        assert "There are no events yet. Load some (analytics load FILE --workspace empty)" in page.notice.value
