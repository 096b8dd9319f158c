"""The first life of a notebook: opened in JupyterLab, run, and drawn without any request to the outside."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_lib.reporting.browser import find_browser
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("jupyterlab")]

HAS_TABLE = """() => [...document.querySelectorAll(".analytics-table")].some(
  table => table.textContent.includes("purchase"))"""
HAS_CHART = """() => {
  const drawn = root => [...root.querySelectorAll("*")].some(
    each => (each.tagName === "CANVAS" && each.width > 100) || (each.shadowRoot && drawn(each.shadowRoot)));
  const panel = document.querySelector(".jp-NotebookPanel");
  return panel !== null && drawn(panel);
}"""


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture
def laboratory(tmp_path: Path, demo_workspace: Path) -> Iterator[str]:
    """JupyterLab on a copy of one notebook, with no settings but its own."""
    shutil.copy(ROOT / "notebooks" / "explore" / "20_funnel.ipynb", tmp_path / "funnel.ipynb")
    port = free_port()
    homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(tmp_path / f".{name.lower()}") for name in homes}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--IdentityProvider.token=letmein", f"--ServerApp.root_dir={tmp_path}", "--LabApp.expose_app_in_browser=True",
        "--allow-root",
    ]  # fmt: skip
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, env={**os.environ, **own, "ANALYTICS_WORKSPACE": str(demo_workspace)}, stdout=log, stderr=log
        )
    try:
        wait_until_it_listens(port, server)
        yield f"http://127.0.0.1:{port}/lab/tree/funnel.ipynb?token=letmein"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def wait_until_it_listens(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        assert server.poll() is None, "JupyterLab ended before it listened"
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("JupyterLab did not listen within two minutes")


def run_all(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_function("window.jupyterapp && document.querySelector('.jp-NotebookPanel .jp-Cell')", timeout=60_000)
    page.wait_for_function("document.body.innerText.includes('| Idle')", timeout=60_000)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def test_a_notebook_runs_and_draws_in_jupyterlab(laboratory: str) -> None:
    from playwright.sync_api import sync_playwright

    outside: list[str] = []
    flags = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()), args=flags)
        page = browser.new_page()
        page.on("request", lambda request: None if local(request.url) else outside.append(request.url))

        run_all(page, laboratory)
        page.wait_for_function(HAS_CHART, timeout=90_000)
        page.wait_for_function(HAS_TABLE, timeout=90_000)
        browser.close()

    assert outside == []


def local(address: str) -> bool:
    return address.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))
