"""The same option is spelled the same way on every command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from analytics_lib.cli.application import application

WITHOUT_WORKSPACE = {"init", "demo", "formats"}


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def options(command: Any) -> dict[str, list[str]]:
    return {str(part.name): list(part.opts) for part in command.params}


def test_every_command_takes_the_workspace_alike() -> None:
    group = typer.main.get_command(application)
    found = dict(commands(group))

    assert len(found) > 15
    assert {name: options(command).get("workspace") for name, command in found.items()} == {
        name: None if name in WITHOUT_WORKSPACE else ["--workspace", "-w"] for name in found
    }


def test_the_owner_of_data_is_named_as_everywhere_else() -> None:
    group = typer.main.get_command(application)
    named = [spelt for _, command in commands(group) for name, spelt in options(command).items() if "tenant" in name]

    assert len(named) > 3
    assert all(spelt == ["--tenant-id", "--tenant"] for spelt in named)
