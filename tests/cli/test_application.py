"""The command line answers a newcomer."""

from __future__ import annotations

from importlib.metadata import version

from typer.testing import CliRunner

from analytics_lib.cli.application import application


def test_without_a_command_it_lists_what_there_is() -> None:
    answer = CliRunner().invoke(application, [])

    assert "Usage" in answer.output


def test_it_tells_its_version() -> None:
    answer = CliRunner().invoke(application, ["--version"])

    assert (answer.exit_code, answer.output) == (0, f"analytics_lib {version('analytics-lib')}\n")
