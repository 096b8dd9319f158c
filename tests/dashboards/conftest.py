from __future__ import annotations

import json

import pytest

from analytics_lib.workspace import create_workspace
from tests.dashboards.server import start_server


def notebook(*cells: str) -> str:
    """Give a notebook of code cells; a cell that begins with # is its first heading, `parameters:` its contract."""
    made = []
    for source in cells:
        kind = "markdown" if source.startswith("# ") else "code"
        tags = ["parameters"] if source.startswith("tenant_id") else []
        cell = {"cell_type": kind, "id": f"c{len(made)}", "metadata": {"tags": tags}, "source": source}
        made.append(cell | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="session")
def small_workspace(tmp_path_factory):
    """A workspace whose dashboards need no data."""
    folder = tmp_path_factory.mktemp("served")
    create_workspace(folder, name="served")
    with (folder / "analytics.toml").open("a") as settings:
        settings.write('\n[tenants.shop]\ntitle = "Corner <shop>"\nsynthetic = true\n\n[tenants.quiet]\n')
    dashboards = folder / "notebooks" / "dashboards"
    for path in dashboards.iterdir():
        path.unlink()
    (dashboards / "hello.ipynb").write_text(notebook("# Who is there?", 'tenant_id: str = "shop"  # whose', "1 + 1"))
    (dashboards / "dashboards.toml").write_text('[hello]\nlabel = "Hello & <you>"\norder = 1\n')
    return folder


@pytest.fixture(scope="session")
def server(small_workspace):
    running = start_server(small_workspace)
    yield running
    running.stop()
