"""`analytics dashboards`: the notebooks of a workspace as pages for readers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analytics_lib.cli.options import WorkspaceOption
from analytics_lib.dashboards.proxy import TrustedProxy
from analytics_lib.dashboards.serving import serve_dashboards
from analytics_lib.errors import ArgumentError
from analytics_lib.workspace import open_workspace


def dashboards(
    *,
    workspace: WorkspaceOption = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port; 0 = any free one. Default: the settings'.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Where to listen. Default: the settings', this machine.")] = None,
    token: Annotated[
        str | None, typer.Option(help="What lets a reader in; default: the settings', else a new one at each start.")
    ] = None,
    proxy_header: Annotated[
        str | None, typer.Option(help="Trust a proxy for who somebody is: the header with the name.")
    ] = None,
    proxy_secret: Annotated[
        Path | None, typer.Option(help="File with the secret that the proxy sends in X-Proxy-Secret.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link.")] = False,
) -> None:
    """Serve the dashboards until Ctrl-C; the link to open is the last line."""
    opened = open_workspace(workspace)
    settings = opened.settings.dashboards
    serve_dashboards(
        opened.folder,
        port=settings.port if port is None else port,
        address=address or settings.address,
        token=settings.token if token is None else token,
        open_browser=not no_browser,
        proxy=_proxy(proxy_header, proxy_secret),
        announce=lambda link: typer.echo(f"Serving the dashboards of {opened.folder}; Ctrl-C ends it. Open:\n{link}"),
    )


def _proxy(header: str | None, secret: Path | None) -> TrustedProxy | None:
    if header is None and secret is None:
        return None
    if header is None or secret is None:
        raise ArgumentError("a trusted proxy needs a header and a secret", "Give --proxy-header and --proxy-secret.")
    return TrustedProxy(header, secret)
