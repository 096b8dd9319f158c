from __future__ import annotations

import socket
from pathlib import Path

import pytest

from analytics_lib.dashboards.manifest import DashboardPage
from analytics_lib.dashboards.proxy import TrustedProxy
from analytics_lib.dashboards.serving import Serving, configuration, free_port, has_desktop, serve_dashboards
from analytics_lib.errors import AccessError

EVERYWHERE = "0.0.0.0"  # noqa: S104


def serving(**changes):
    page = DashboardPage("warm", Path("warm.ipynb"), "Warm", "Warm?", "", warm=True)
    cold = DashboardPage("cold", Path("cold.ipynb"), "Cold", "Cold?", "")
    given = {"folder": Path("ws"), "notebooks": Path("nb"), "pages": (page, cold), "address": "127.0.0.1", "port": 8866,
             "token": "a b", **changes}  # fmt: skip
    return Serving(**given)


def test_the_link_opens_the_door():
    assert serving().link == "http://127.0.0.1:8866/?token=a+b"
    assert serving(token="").link == "http://127.0.0.1:8866/"


def test_a_server_for_everybody_names_a_host_one_can_open():
    assert serving(address=EVERYWHERE).link.startswith(f"http://{socket.gethostname()}:")


def test_only_pages_that_ask_for_it_are_kept_warm():
    pools = configuration(serving(), None)["VoilaKernelManager"]["kernel_pools_config"]

    assert pools["warm.ipynb"]["pool_size"] == 1
    assert pools["default"]["pool_size"] == 0
    assert "cold.ipynb" not in pools


def test_idle_kernels_are_ended_and_traces_never_shown():
    settings = configuration(serving(), None)

    assert settings["MappingKernelManager"]["cull_idle_timeout"] > 0
    assert settings["MappingKernelManager"]["cull_connected"]
    assert not settings["VoilaConfiguration"]["show_tracebacks"]
    assert settings["VoilaConfiguration"]["file_allowlist"] == []


def test_a_visitor_can_not_choose_another_template():
    settings = configuration(serving(), None)["VoilaConfiguration"]

    assert (settings["allow_template_override"], settings["allow_theme_override"]) == ("NO", "NO")


def test_a_proxy_replaces_the_token(tmp_path):
    (tmp_path / "secret").write_text("0123456789abcdef")
    settings = configuration(serving(token=""), TrustedProxy("X-User", tmp_path / "secret"))

    assert settings["Voila"]["identity_provider_class"].endswith("ProxyIdentity")
    assert settings["ProxyIdentity"] == {"user_header": "X-User", "proxy_secret": "0123456789abcdef"}


def test_a_taken_port_is_said_before_anything_is_started():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        with pytest.raises(AccessError, match="can't listen on"):
            free_port("127.0.0.1", door.getsockname()[1])


def test_a_free_port_is_found():
    assert free_port("127.0.0.1", 0) > 1024


def test_an_open_door_to_the_network_is_refused(tmp_path):
    with pytest.raises(AccessError, match="anybody on the network"):
        serve_dashboards(tmp_path, address=EVERYWHERE, token="")


def test_no_browser_is_opened_where_there_is_no_screen(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not has_desktop()

    monkeypatch.setenv("DISPLAY", ":0")
    assert has_desktop()
