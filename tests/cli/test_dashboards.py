from __future__ import annotations

import pytest
from typer.testing import CliRunner

from analytics_lib.cli import dashboards as command
from analytics_lib.cli.application import application
from analytics_lib.errors import AccessError
from analytics_lib.workspace import create_workspace

RUN = CliRunner()


@pytest.fixture
def call(tmp_path, monkeypatch):
    create_workspace(tmp_path)
    asked = {}

    def serve(folder, **options):
        asked.update(options, folder=folder)
        options["announce"]("http://127.0.0.1:1/?token=t")

    monkeypatch.setattr(command, "serve_dashboards", serve)

    def run(*arguments):
        answer = RUN.invoke(application, ["dashboards", "--workspace", str(tmp_path), *arguments])
        return answer, asked

    return run


def test_the_link_is_the_last_line(call):
    answer, _ = call("--no-browser")

    assert answer.output.splitlines()[-1] == "http://127.0.0.1:1/?token=t"


def test_a_port_that_no_machine_has_is_refused(call):
    answer, asked = call("--port", "99999")

    assert (answer.exit_code, asked) == (2, {})
    assert "65535" in answer.output


def test_without_options_the_settings_hold(call):
    _, asked = call("--no-browser")

    assert (asked["address"], asked["port"], asked["token"]) == ("127.0.0.1", 0, None)
    assert not asked["open_browser"]
    assert asked["proxy"] is None


def test_options_stand_above_the_settings(call, tmp_path):
    _, asked = call("--port", "8001", "--address", "::1", "--token", "t")

    assert (asked["address"], asked["port"], asked["token"], asked["open_browser"]) == ("::1", 8001, "t", True)


def test_half_a_proxy_is_no_proxy(call, tmp_path):
    answer, _ = call("--proxy-header", "X-User")
    assert "needs a header and a secret" in str(answer.exception)

    _, asked = call("--proxy-header", "X-User", "--proxy-secret", str(tmp_path / "secret"))
    assert asked["proxy"].user_header == "X-User"


def test_nothing_is_announced_where_nothing_is_served(tmp_path):
    create_workspace(tmp_path)

    words = ["dashboards", "-w", str(tmp_path), "--address", "0.0.0.0", "--token", ""]  # noqa: S104
    answer = RUN.invoke(application, words)

    assert isinstance(answer.exception, AccessError)
    assert answer.output == ""
