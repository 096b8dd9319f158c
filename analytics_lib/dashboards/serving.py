"""Serves the dashboards of a workspace: settles address and access, then hands over to the application."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import warnings
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import urlencode

from analytics_lib.config.settings import read_settings
from analytics_lib.dashboards.manifest import DashboardPage, read_manifest
from analytics_lib.dashboards.places import TEMPLATE, TEMPLATE_ROOT, dashboards_folder
from analytics_lib.dashboards.proxy import TrustedProxy, refuse_open_door
from analytics_lib.dashboards.visitor import ADDRESS_VARIABLE, KEY_VARIABLE, USER_HEADER
from analytics_lib.errors import AccessError
from analytics_lib.widgets.incidents import LOG_VARIABLE

IDLE_SECONDS: Final = 3600
"""A page nobody touches for so long ends its kernel, even if it is still open."""
_EXTENSIONS: Final = (
    "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "@bokeh/jupyter_bokeh", "anywidget",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Serving:
    """What a server was asked for."""

    folder: Path
    """The workspace."""
    notebooks: Path
    """The folder with the served notebooks."""
    pages: tuple[DashboardPage, ...]
    """The served pages."""
    address: str
    """Where it listens."""
    port: int
    """On which port."""
    token: str
    """What lets a reader in; empty = nobody is asked."""

    @property
    def link(self) -> str:
        """The address to open, with the token in it."""
        host = self.address if self.address not in {"", "0.0.0.0", "::"} else socket.gethostname()  # noqa: S104
        query = f"?{urlencode({'token': self.token})}" if self.token else ""
        return f"http://{host}:{self.port}/{query}"


def serve_dashboards(
    workspace_folder: str | Path,
    *,
    port: int = 0,
    address: str = "127.0.0.1",
    token: str | None = None,
    open_browser: bool = False,
    proxy: TrustedProxy | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the dashboards of a workspace until the process is interrupted.

    Parameters
    ----------
    workspace_folder
        The workspace; its ``notebooks/dashboards`` is served, or the shipped notebooks where it has none.
    port
        0 = any free one.
    address
        Where to listen. Another address than this machine's own needs a token or a proxy.
    token
        What lets a reader in: None makes a new one, the empty text asks nobody.
    open_browser
        Open the link in the desktop's browser.
    proxy
        Trust this proxy for who somebody is, instead of the token.
    announce
        Told the ready link, when the server answers; default: it is printed.

    Raises
    ------
    AccessError
        The address is public and nobody would be asked who they are; or the port is taken.
    WorkspaceError
        There are no notebooks to serve.
    """
    wanted = "" if proxy else (secrets.token_urlsafe(24) if token is None else token)
    refuse_open_door(address, token=wanted, proxy=proxy)
    folder = Path(workspace_folder).resolve()
    notebooks = dashboards_folder(folder)
    serving = Serving(folder, notebooks, read_manifest(notebooks), address, free_port(address, port), wanted)
    _prepare_environment(serving)
    _run(serving, proxy, announce=announce or partial(print, flush=True), open_browser=open_browser)


def free_port(address: str, port: int) -> int:
    """Give `port` if it is free, or any free one for 0.

    Raises
    ------
    AccessError
        Somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((address, port))
        except OSError as problem:
            raise AccessError(
                f"can't listen on {address}:{port} ({problem.strerror})", "Choose another --port."
            ) from problem
        return int(door.getsockname()[1])


def _prepare_environment(serving: Serving) -> None:
    """Tell kernels where they are; they inherit this environment, so no token is in it."""
    inside = serving.address if serving.address not in {"", "0.0.0.0", "localhost"} else "127.0.0.1"  # noqa: S104
    logs = serving.folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    earlier = os.environ.get("JUPYTER_PATH")
    os.environ.update({
        "JUPYTER_PATH": os.pathsep.join([str(TEMPLATE_ROOT), *([earlier] if earlier else [])]),
        "ANALYTICS_WORKSPACE": str(serving.folder),
        LOG_VARIABLE: str(logs / "dashboards.log"),
        KEY_VARIABLE: secrets.token_hex(16),
        ADDRESS_VARIABLE: f"ws://{inside}:{serving.port}/",
    })  # fmt: skip
    for secret in ("ANALYTICS_MODE", "ANALYTICS_DASHBOARDS__TOKEN"):
        os.environ.pop(secret, None)


def configuration(serving: Serving, proxy: TrustedProxy | None) -> dict[str, Any]:
    """Give the settings of Voilà, Jupyter's kernels and access, by class."""
    warm = {page.path.name: {"pool_size": 1, "kernel_env_variables": {}} for page in serving.pages if page.warm}
    idle = {"cull_idle_timeout": IDLE_SECONDS, "cull_interval": 60, "cull_connected": True, "cull_busy": False}
    return {
        "Voila": {
            "ip": serving.address, "port": serving.port, "port_retries": 0, "root_dir": str(serving.notebooks),
            "open_browser": False, "log_level": "WARN", "token": serving.token,
            "identity_provider_class": f"analytics_lib.dashboards.identity.{'Proxy' if proxy else 'Token'}Identity",
        },
        "VoilaConfiguration": {
            "template": TEMPLATE, "allow_template_override": "NO", "allow_theme_override": "NO",
            "preheat_kernel": bool(warm), "file_allowlist": [], "show_tracebacks": False,
            "extension_allowlist": list(_EXTENSIONS), "http_header_envs": [USER_HEADER],
            "attempt_fix_notebook": True,
        },
        "VoilaKernelManager": {
            "kernel_pools_config": {"default": {"pool_size": 0, "kernel_env_variables": {}}, **warm}, "fill_delay": 0.2,
        },
        "MappingKernelManager": idle,
        "KernelManager": {"shutdown_wait_time": 1.0, "transport": "ipc" if sys.platform != "win32" else "tcp"},
        "VoilaExecutor": {"timeout": 300},
        "VoilaExporter": {"exclude_anchor_links": True},
        "ProxyIdentity": {"user_header": proxy.user_header, "proxy_secret": proxy.secret()} if proxy else {},
    }  # fmt: skip


def _run(serving: Serving, proxy: TrustedProxy | None, *, announce: Callable[[str], None], open_browser: bool) -> None:
    from traitlets.config import Config

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the server's libraries talk about themselves
        from analytics_lib.dashboards.application import DashboardApplication

        def ready() -> None:
            if open_browser and has_desktop():
                Thread(
                    target=webbrowser.open, args=[serving.link], daemon=True
                ).start()  # some browsers take the terminal
            announce(serving.link)

        DashboardApplication.clear_instance()
        application = DashboardApplication.instance(
            config=Config(configuration(serving, proxy)),
            pages=serving.pages,
            personal=proxy is not None,
            labels=data_labels(serving.folder),
            on_ready=ready,
        )
        application.initialize([])
        application.start()


def data_labels(folder: Path) -> tuple[tuple[str, str], ...]:
    """Give title and label of the tenants whose pages must say where their data are from, in the settings' order.

    Parameters
    ----------
    folder
        The workspace.
    """
    settings = read_settings(folder)
    known = (settings.tenant(name) for name in settings.tenants)
    told = ((one.title, one.label or ("Synthetic data" if one.synthetic else "")) for one in known)
    return tuple((title, label) for title, label in told if label)


def has_desktop() -> bool:
    """Tell whether there is a screen to open a browser on; a browser for terminals would take ours."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
