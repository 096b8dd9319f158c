"""What a judged, exported report costs beside a plain script that asks the same questions."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from analytics_lib.cli.demo import prepare_workspace
from analytics_lib.datasets.published import shop_events_file
from analytics_lib.reporting.reports import run_report
from tests.benchmarks.timing import Measurement, compare

SCRIPT = """
from analytics_lib import active_users, event_counts, funnel, open_workspace, retention
events = open_workspace({folder!r}).events(tenant_id="shop")
stretch = dict(start="2024-05-13", end="2024-06-09")
event_counts(events, **stretch), active_users(events, **stretch), retention(events, grain="week", **stretch)
funnel(events, ["payment_details", "purchase"], unit="session", **stretch)
"""


def measure(scale: str) -> Iterable[Measurement]:
    """Run the weekly overview to HTML and to PDF."""
    del scale
    with tempfile.TemporaryDirectory() as name:
        workspace = prepare_workspace(Path(name) / "workspace")
        workspace.load(shop_events_file(), format="shop", tenant_id="shop")
        script = SCRIPT.format(folder=str(workspace.folder))

        def plain() -> int:
            return subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).returncode

        for formats in (["html"], ["html", "pdf"]):

            def ours(formats: list[str] = formats) -> int:
                return run_report("weekly_overview", workspace=workspace.folder, formats=formats).verdict.exit_code

            yield from compare(f"weekly report as {' and '.join(formats)}", ours, {"plain script, no export": plain})
