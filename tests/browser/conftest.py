"""A real browser and a real dashboard server, one of each for all tests of a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_lib.reporting.browser import find_browser
from tests.dashboards.conftest import notebook
from tests.dashboards.server import TOKEN, Server, start_server

QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run", "--disable-quic"]  # fmt: skip

HAS_CANVAS = """() => {
  const drawn = (root) => [...root.querySelectorAll("*")].some(
    (each) => (each.tagName == "CANVAS" && each.width > 100) || (each.shadowRoot && drawn(each.shadowRoot)))
  return drawn(document)
}"""
"""Whether a canvas has been drawn, also one inside shadow roots."""

COUNTING = """
import ipywidgets
import pandas
from analytics_lib.charts.lines import draw_lines
from analytics_lib.widgets.chart_view import ChartView

frame = pandas.DataFrame({"time": pandas.date_range("2024-05-01", periods=20), "users": range(20)})
view = ChartView(draw_lines(frame, x="time", y="users", title="Counting", selectable=True))
words, calls = ipywidgets.HTML("nothing picked"), []

def picked(rows):
    calls.append(rows)
    words.value = f"{len(calls)} calls, {len(rows)} rows"

def stream(_button):
    view.chart.source.stream({name: list(column)[:1] for name, column in view.chart.source.data.items()})
    words.value = f"{len(view.chart.source.data['x'])} points"

view.on_pick(picked)
button = ipywidgets.Button(description="Stream one")
button.on_click(stream)
ipywidgets.VBox([button, words, view])
"""

FAILING_CALLBACK = """
import ipywidgets
from analytics_lib.widgets.guard import guard

words = ipywidgets.HTML("ready")

@guard(lambda told: setattr(words, "value", told))
def fail(_button):
    raise RuntimeError("the hidden reason")

button = ipywidgets.Button(description="Fail")
button.on_click(fail)
ipywidgets.VBox([button, words])
"""

ECHO = """
import ipywidgets
from analytics_lib.dashboards.visitor import visitor_choices

ipywidgets.HTML("asked for " + visitor_choices(tenant_id=tenant_id)["tenant_id"])
"""


@pytest.fixture(scope="session")
def served(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shipped dashboards over the demonstration's data, and three small pages that test the server."""
    folder = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(demo_workspace, folder)
    dashboards = folder / "notebooks" / "dashboards"
    (dashboards / "dashboards.toml").write_text("[echo]\nwarm = true\n")
    (dashboards / "echo.ipynb").write_text(notebook("# What was asked?", 'tenant_id: str = "shop"', ECHO))
    (dashboards / "counting.ipynb").write_text(notebook("# How often?", COUNTING))
    (dashboards / "failing.ipynb").write_text(
        notebook("# Does it fail?", FAILING_CALLBACK, "raise ValueError('a secret')  # source of the failure", "1")
    )
    server = start_server(folder)
    yield server
    server.stop()


@pytest.fixture(scope="module")  # an open Playwright keeps an event loop in this thread; later tests need it gone
def browser() -> Iterator[Any]:
    """A headless Chromium; outside the sandbox only for root, whom it would not start otherwise."""
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(find_browser()), args=QUIET, chromium_sandbox=not root)
        yield running
        running.close()


class Reader:
    """Somebody with a fresh browser profile; what their pages do wrong is collected."""

    def __init__(self, browser: Any, server: Server, **options: Any) -> None:
        self.server = server
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.context.set_default_timeout(90_000)
        self.faults: list[str] = []

    def open(self, name: str, query: str = "", *, drawn: bool = True) -> Any:
        """Open a dashboard by its direct link and wait until its widgets are there, and its canvases if `drawn`."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{name}: {error}"))
        page.on("request", self._watch)
        page.goto(f"{self.server.address}/voila/render/{name}.ipynb?token={TOKEN}{query}")
        page.wait_for_selector("#rendered_cells .jupyter-widgets")
        if drawn:
            page.wait_for_function(HAS_CANVAS)
        return page

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.server.address, "data:", "blob:")):
            self.faults.append(f"outside request: {request.url}")


@pytest.fixture(scope="module")
def reader(browser: Any, served: Server) -> Iterator[Reader]:
    """A reader whose pages must neither fail nor ask anybody outside."""
    person = Reader(browser, served)
    yield person
    person.context.close()
    assert person.faults == []
