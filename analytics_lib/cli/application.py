"""The command line: one module per command group, gathered here."""

from __future__ import annotations

import typer

application = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Self-hosted analytics that people can trust."
)


@application.callback()
def analytics() -> None:
    """Self-hosted analytics that people can trust."""


def main() -> None:
    """Run the command line."""
    application()
