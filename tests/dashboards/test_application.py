"""The running server, asked over HTTP."""

from __future__ import annotations

import bokeh
import psutil

from tests.dashboards.server import TOKEN, ask, start_server

AUTHORIZATION = {"Authorization": f"token {TOKEN}"}


def test_bokehjs_is_exactly_the_pythons_version_and_is_sent_small(server):
    answer = ask(f"{server.address}/analytics/bokeh/bokeh.min.js?v={bokeh.__version__}")
    packed = ask(f"{server.address}/analytics/bokeh/bokeh.min.js", Accept_Encoding="gzip")

    assert f'"{bokeh.__version__}"' in answer.text
    assert "max-age" in answer.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "gzip"


def test_nothing_else_of_bokehs_folder_is_served(server):
    assert ask(f"{server.address}/analytics/bokeh/bokeh.js").status == 404
    assert ask(f"{server.address}/analytics/page/../conf.json").status == 404


def test_the_file_tree_is_not_served(server):
    assert ask(f"{server.address}/voila/api/contents/", **AUTHORIZATION).status == 404
    assert ask(f"{server.address}/voila/tree", **AUTHORIZATION).status == 404
    assert ask(f"{server.address}/voila/files/hello.ipynb", **AUTHORIZATION).status == 403


def test_the_token_is_not_in_the_environment_that_kernels_inherit(server):
    inherited = psutil.Process(server.process.pid).environ()

    assert TOKEN not in " ".join(inherited.values())


def test_ctrl_c_ends_server_and_kernels_within_five_seconds(small_workspace):
    manifest = small_workspace / "notebooks" / "dashboards" / "dashboards.toml"
    kept = manifest.read_text()
    manifest.write_text(kept + "warm = true\n")
    try:
        running = start_server(small_workspace)
    finally:
        manifest.write_text(kept)
    process = psutil.Process(running.process.pid)
    kernels = []
    for _ in range(200):
        kernels = running.kernels()
        if kernels:
            break
        psutil.wait_procs([process], timeout=0.1)

    running.stop()

    assert kernels
    assert running.process.returncode == 0
    assert psutil.wait_procs(kernels, timeout=1)[1] == []
