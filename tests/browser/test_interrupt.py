"""Ctrl-C in the terminal ends `analytics dashboards` while readers look at its pages, and leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import psutil
import pytest

from analytics_lib.workspace import create_workspace
from tests.conftest import ROOT
from tests.dashboards.conftest import notebook
from tests.dashboards.server import TOKEN, kernels_of

pytestmark = pytest.mark.browser

PAGE = 'import ipywidgets\nipywidgets.HTML("<b>page is open</b>")'


@pytest.fixture
def started(tmp_path):
    folder = create_workspace(tmp_path / "mine").folder
    dashboards = folder / "notebooks" / "dashboards"
    for shipped in dashboards.iterdir():
        shipped.unlink()
    for name in ("first", "second"):
        (dashboards / f"{name}.ipynb").write_text(notebook(f"# Is the {name} open?", PAGE))
    words = ["dashboards", "--workspace", str(folder), "--token", TOKEN, "--no-browser"]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "analytics_lib", *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def test_ctrl_c_ends_the_server_and_the_kernels_of_two_open_pages(started, browser):
    lines = iter(started.stdout.readline, "")
    link = next(line.strip() for line in lines if line.startswith("http"))
    address = link.partition("/?")[0]
    context = browser.new_context()
    for name in ("first", "second"):
        page = context.new_page()
        page.goto(f"{address}/voila/render/{name}.ipynb?token={TOKEN}")
        page.get_by_text("page is open").wait_for(timeout=90_000)
    kernels = kernels_of(started.pid)
    family = psutil.Process(started.pid).children(recursive=True)
    begun = time.monotonic()

    started.send_signal(signal.SIGINT)
    code = started.wait(5)

    assert len(kernels) == 2
    assert code == 0
    assert psutil.wait_procs(family, timeout=max(0.1, 5 - (time.monotonic() - begun)))[1] == []
    context.close()
