"""Time from opening a dashboard to its first chart, cold and with a kernel kept ready, beside `bokeh serve`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from analytics_lib.cli.demo import prepare_workspace
from analytics_lib.datasets.published import shop_events_file
from analytics_lib.reporting.browser import find_browser
from tests.benchmarks.timing import Measurement

HAS_CHART = """() => {
  const drawn = root => [...root.querySelectorAll("*")].some(
    each => (each.tagName === "CANVAS" && each.width > 100) || (each.shadowRoot && drawn(each.shadowRoot)));
  return drawn(document);
}"""
BOKEH_PAGE = """
from bokeh.io import curdoc
from analytics_lib import event_counts, open_workspace
events = open_workspace({folder!r}).events(tenant_id="shop")
curdoc().add_root(event_counts(events, start="2024-06-02", end="2024-06-29").plot().figure)
"""
WAIT_FOR_POOL_SECONDS = 12


def measure(scale: str) -> Iterable[Measurement]:
    """Open each page several times in a fresh browser context."""
    repeats = 2 if scale == "small" else 5
    with tempfile.TemporaryDirectory() as name:
        workspace = prepare_workspace(Path(name) / "workspace")
        workspace.load(shop_events_file(), format="shop", tenant_id="shop")
        page = Path(name) / "page.py"
        page.write_text(BOKEH_PAGE.format(folder=str(workspace.folder)))
        with browser_context() as opened, bokeh_server(page) as bokeh, dashboards(workspace.folder) as ours:
            peer = _times(opened, lambda: f"{bokeh}/page", repeats)
            warm = _times(opened, lambda: ours.replace("/?", "/voila/render/overview.ipynb?"), repeats, rest=True)
            cold = _times(opened, lambda: ours.replace("/?", "/voila/render/funnel.ipynb?"), repeats)
    note = "one warm process for all, against a kernel for each visitor"
    yield Measurement("first chart, kernel kept ready (overview)", warm, "bokeh serve", peer, note)
    yield Measurement("first chart, cold kernel (funnel)", cold, "bokeh serve", peer, note)


def _times(opened: Any, address: Callable[[], str], repeats: int, *, rest: bool = False) -> float:
    spent = []
    for _ in range(repeats):
        if rest:
            time.sleep(WAIT_FOR_POOL_SECONDS)  # the pool fills itself again after each visitor
        context = opened.new_context()
        page = context.new_page()
        begin = time.perf_counter()
        page.goto(address())
        page.wait_for_function(HAS_CHART, timeout=90_000)
        spent.append(time.perf_counter() - begin)
        context.close()
    return median(spent)


@contextmanager
def browser_context() -> Iterator[Any]:
    """Open a headless browser for the whole measurement."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(find_browser()), args=flags)
        yield opened
        opened.close()


@contextmanager
def bokeh_server(page: Path) -> Iterator[str]:
    """Serve one page with Bokeh's own server."""
    port = _free_port()
    command = [sys.executable, "-m", "bokeh", "serve", str(page), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}".replace("127.0.0.1", "localhost")
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def dashboards(folder: Path) -> Iterator[str]:
    """Serve our dashboards; gives the ready link."""
    command = [sys.executable, "-m", "analytics_lib", "dashboards", "--workspace", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        lines = iter(process.stdout or ())
        yield next(line for line in lines if "http://" in line).split()[-1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
