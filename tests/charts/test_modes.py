from __future__ import annotations

import subprocess
import sys

import pytest

from analytics_lib.charts import modes
from analytics_lib.charts.modes import display_mode


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    monkeypatch.delenv("ANALYTICS_MODE", raising=False)
    monkeypatch.delenv("VOILA_BASE_URL", raising=False)


def test_a_plain_script_has_no_front_end():
    assert display_mode() == "script"


def test_a_served_page_is_a_dashboard(monkeypatch):
    monkeypatch.setenv("VOILA_BASE_URL", "/")

    assert display_mode() == "dashboard"


def test_a_kept_run_is_a_report_even_on_a_server(monkeypatch):
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    monkeypatch.setenv("ANALYTICS_MODE", "report")

    assert display_mode() == "report"


def test_asking_loads_no_jupyter():
    code = (
        "import sys; from analytics_lib.charts.modes import display_mode as m; m(); "
        "sys.exit(any(name in sys.modules for name in ('IPython', 'bokeh', 'ipywidgets')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["python", "/usr/bin/jupyter-nbconvert", "--to", "html", "--execute", "a.ipynb"], "executed"),
        (["python", "-m", "papermill", "a.ipynb", "b.ipynb"], "executed"),
        (["python", "/usr/bin/jupyter-lab"], "notebook"),
        (["python", "/usr/bin/jupyter-lab", "--notebook-dir", "work", "nbconvert"], "notebook"),
        ([], "notebook"),
    ],
)
def test_a_kernel_knows_whether_a_notebook_is_only_executed(command, expected, monkeypatch):
    monkeypatch.setattr(modes, "_in_kernel", lambda: True)
    monkeypatch.setattr("psutil.Process.cmdline", lambda process: command)
    modes._executed.cache_clear()

    assert display_mode() == expected
    modes._executed.cache_clear()
