"""Our Voilà: local assets, checked addresses, quiet logs, kernels that end with their reader."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.metadata
import logging
import shutil
import signal
import time
from collections.abc import Callable
from typing import Any

import voila.notebook_renderer
from jupyter_core.utils import ensure_async, run_sync
from jupyter_server.utils import url_path_join
from tornado.ioloop import PeriodicCallback
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from analytics_lib.charts.bokehjs import bokehjs_file
from analytics_lib.dashboards.execution import PageExecutor
from analytics_lib.dashboards.manifest import DashboardPage
from analytics_lib.dashboards.pages import Assets, Landing, Nowhere, Page, Visits
from analytics_lib.dashboards.places import static_folder
from analytics_lib.dashboards.reaper import Reaper

_REAP_EVERY_MS = 5000
_LOOK_EVERY_MS = 100
_OWN_FILES = frozenset({"page.css", "theme.js", "progress.js"})


class DashboardApplication(Voila):  # type: ignore[misc]
    """Serves a folder of notebooks as dashboards."""

    def __init__(
        self,
        *,
        pages: tuple[DashboardPage, ...] = (),
        personal: bool = False,
        labels: tuple[tuple[str, str], ...] = (),
        on_ready: Callable[[], None] = lambda: None,
        reaper: Reaper | None = None,
        **options: Any,
    ) -> None:
        """Take what is served.

        Parameters
        ----------
        pages
            The notebooks.
        personal
            Whether kernels are told who the visitor is.
        labels
            Title and label of each owner of data whose pages carry one, such as who published it.
        on_ready
            Called once the server listens.
        reaper
            Decides which kernels have lost their reader.
        **options
            As the stock application takes them.
        """
        super().__init__(**options)
        self.pages = pages
        self.personal = personal
        self.labels = labels
        self.on_ready = on_ready
        self.reaper = reaper or Reaper()
        self.tasks: list[PeriodicCallback] = []
        self.ending = False

    def init_settings(self) -> dict[str, Any]:
        """Add what our handlers need; compress answers (Voilà's own scripts are 5 MB)."""
        voila.notebook_renderer.VoilaExecutor = PageExecutor
        self.voila_configuration.config.VoilaConfiguration.resources = {"site": self._site()}
        settings: dict[str, Any] = super().init_settings()
        settings["compress_response"] = True
        settings["xsrf_cookie_kwargs"] = {"samesite": "Lax"}
        settings["cookie_options"] = {"samesite": "Lax"}
        settings["ws_ping_interval"] = settings["ws_ping_timeout"] = 30_000
        settings["default_handler_class"] = Nowhere
        settings["analytics_site"] = self._site()
        settings["analytics_pages"] = {page.path.name: page for page in self.pages}
        settings["analytics_personal"] = self.personal
        return settings

    def _site(self) -> dict[str, Any]:
        base, version = self.base_url, importlib.metadata.version("analytics-lib")
        links = [
            {
                "name": page.name,
                "label": page.label,
                "title": page.title,
                "summary": page.summary,
                "url": url_path_join(base, "voila/render", page.path.name),
            }
            for page in self.pages
        ]
        bokeh = f"{base}analytics/bokeh/{bokehjs_file().name}?v={importlib.metadata.version('bokeh')}"
        return {
            "base_url": base,
            "version": version,
            "assets": f"{base}analytics/page/",
            "bokeh": bokeh,
            "pages": links,
            "labels": self.labels,
        }

    def init_handlers(self) -> list[Any]:
        """Put our pages in place of Voilà's; its file tree is not served at all."""
        ours = {TornadoVoilaHandler: Page, RequestInfoSocketHandler: Visits, TornadoVoilaTreeHandler: Landing}
        kept: list[Any] = []
        for pattern, handler, *rest in super().init_handlers():
            if handler is VoilaContentsHandler or "voila/tree" in pattern:
                continue
            options = [] if handler is TornadoVoilaTreeHandler else rest
            kept.append((pattern, ours.get(handler, handler), *options))
        static = static_folder()
        bokeh = bokehjs_file()
        assets = [
            (rf"{self.base_url}analytics/page/(.*)", Assets, {"folder": static, "names": _OWN_FILES}),
            (rf"{self.base_url}analytics/bokeh/(.*)", Assets,
             {"folder": bokeh.parent, "names": frozenset({bokeh.name})}),
        ]  # fmt: skip
        self.tasks = [
            PeriodicCallback(self._reap, _REAP_EVERY_MS),
            PeriodicCallback(self._look_for_end, _LOOK_EVERY_MS),
        ]
        for task in self.tasks:
            task.start()
        asyncio.get_event_loop().call_later(0.05, self.on_ready)  # after the port is bound
        return assets + kept

    async def _reap(self) -> None:
        manager = self.kernel_manager
        connections = {kernel: int(manager._kernel_connections.get(kernel, 0)) for kernel in manager.list_kernel_ids()}
        for kernel in self.reaper.orphans(connections, warm=self._warm_kernels(), now=time.monotonic()):
            self.log.info("ending kernel %s: its reader has gone", kernel)
            await ensure_async(manager.shutdown_kernel(kernel, now=True))

    def _warm_kernels(self) -> set[str]:
        warm = set()
        for pool in getattr(self.kernel_manager, "_pools", {}).values():
            for task in pool:
                if task.done() and task.exception() is None:
                    warm.add(task.result()["kernel_id"])
        return warm

    def initialize(self, argv: list[str] | None = None) -> None:
        """Stop in order on every signal that ends a program, also where a shell has muted Ctrl-C."""
        super().initialize(argv)
        logging.getLogger("tornado.access").setLevel(logging.ERROR)  # a mistyped address is no news
        self.log.addFilter(lambda record: "is not trusted" not in record.getMessage())  # no stored output is shown
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._asked_to_end)

    def _asked_to_end(self, _signal: int, _frame: Any) -> None:
        self.ending = True  # the loop looks at it: a call from here can get lost while the loop is busy

    def _look_for_end(self) -> None:
        if self.ending:
            self.ioloop.stop()

    def stop(self) -> None:
        """End every kernel at once, also those that are just starting."""
        for task in self.tasks:
            task.stop()
        end_kernels()
        run_sync(self._forget_kernels)()
        end_kernels()
        shutil.rmtree(self.connection_dir, ignore_errors=True)
        gc.freeze()  # the process is about to end; looking for garbage in all its libraries would take seconds

    async def _forget_kernels(self) -> None:
        manager = self.kernel_manager
        for pool in getattr(manager, "_pools", {}).values():
            for task in pool:
                task.cancel()
            pool.clear()
        contexts = {manager.get_kernel(kernel).context for kernel in manager.list_kernel_ids()}
        ending = [ensure_async(manager.shutdown_kernel(kernel, now=True)) for kernel in manager.list_kernel_ids()]
        with contextlib.suppress(TimeoutError):  # they are dead already; this only tidies up
            await asyncio.wait_for(asyncio.gather(*ending, return_exceptions=True), timeout=1)
        for context in contexts:  # else the process waits at its end for messages that nobody will take
            context.destroy(linger=0)


def end_kernels() -> None:
    """Kill the kernels of this process and wait until they are gone; a reader's page holds nothing to save."""
    import psutil

    left = [child for child in psutil.Process().children(recursive=True) if _is_kernel(child)]
    for child in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(left, timeout=1)


def _is_kernel(process: Any) -> bool:
    import psutil

    try:
        return any("ipykernel" in word for word in process.cmdline())
    except psutil.Error:
        return False
