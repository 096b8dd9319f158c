"""What the server answers besides Voilà: the landing page, checked pages, assets, the visit socket."""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from voila.request_info_handler import RequestInfoSocketHandler
from voila.tornado.handler import TornadoVoilaHandler

from analytics_lib.dashboards.manifest import DashboardPage
from analytics_lib.dashboards.visitor import KEY_HEADER, KEY_VARIABLE, USER_HEADER, choices_in
from analytics_lib.errors import ParameterError
from analytics_lib.parameters.notebooks import read_parameters
from analytics_lib.parameters.validation import validate
from analytics_lib.widgets.incidents import record_incident


def drop_token(handler: Any) -> bool:
    """Send a reader who came with the token on to the same page without it.

    The token is in a cookie by then; it should not stay in the address bar, in the history or in a
    shared screenshot.
    """
    if "token" not in handler.request.query_arguments:
        return False
    query = urlencode(choices_in(handler.request.query))
    handler.redirect(handler.request.path + (f"?{query}" if query else ""))
    return True


class Framed(JupyterHandler):
    """Answers in the look of the pages, also when something is wrong."""

    def show_message(self, status: int, fact: str, advice: str = "") -> None:
        """Answer with a sentence and what to do."""
        self.set_status(status)
        template = self.settings["voila_jinja2_env"].get_template("message.html")
        site = self.settings["analytics_site"]
        self.finish(template.render(title="This page can't be shown", site=site, fact=fact, advice=advice))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say that something failed, under a number; what failed is in the log."""
        raised = kwargs.get("exc_info", (None, None, None))[1]
        if status_code < 500 or raised is None:
            self.show_message(status_code, "There is nothing at this address.", "Choose a page above.")
            return
        incident = record_incident(raised, where=f"answering {self.request.path}")
        self.show_message(status_code, f"The server could not answer (ref {incident}).", "Load the page again.")


class Nowhere(Framed):
    """Answers for addresses that do not exist."""

    def prepare(self) -> None:  # type: ignore[override]
        """Say so, whoever asks and whatever for."""
        self.write_error(404)


class Landing(Framed):
    """Lists the pages."""

    @web.authenticated
    def get(self) -> None:
        """Show the list."""
        if drop_token(self):
            return
        _ = self.xsrf_token  # sets the cookie that the pages need to end their kernels
        template = self.settings["voila_jinja2_env"].get_template("landing.html")
        self.finish(template.render(title="Which question?", site=self.settings["analytics_site"]))


class Page(TornadoVoilaHandler, Framed):  # type: ignore[misc]
    """One dashboard: checked before a kernel is started for it."""

    @web.authenticated
    async def get(self, path: str | None = None) -> None:
        """Show the page, or say what is wrong with the address."""
        if drop_token(self):
            return
        _ = self.xsrf_token  # without this cookie a closed tab could not end its kernel
        pages: dict[str, DashboardPage] = self.settings["analytics_pages"]
        page = pages.get(str(path))
        if page is None:
            self.show_message(404, f"There is no dashboard named {path}.", "Choose one above.")
            return
        try:
            validate(read_parameters(page.path), choices_in(self.request.query))
        except ParameterError as problem:
            self.show_message(400, f"{problem.fact}.", problem.advice)
            return
        self._name_visitor()
        await TornadoVoilaHandler.get(self, path)

    def _name_visitor(self) -> None:
        self.request.headers.pop(USER_HEADER, None)
        if self.settings["analytics_personal"]:
            self.request.headers[USER_HEADER] = self.current_user.username


class Visits(RequestInfoSocketHandler):  # type: ignore[misc]
    """Tells a warm kernel who has come; only our own kernels know the key, and each is told once."""

    def prepare(self) -> None:
        """Refuse whoever is not one of our kernels."""
        sent = self.request.headers.get(KEY_HEADER, "")
        if not hmac.compare_digest(sent.encode(), os.environ[KEY_VARIABLE].encode()):
            raise web.HTTPError(403)

    def open(self, kernel_id: str) -> None:
        """Answer now if the visitor was here first."""
        super().open(kernel_id)
        self._cache.pop(kernel_id, None)

    def on_close(self) -> None:
        """Forget the kernel."""
        for kernel_id, waiter in list(self._waiters.items()):
            if waiter is self:
                del self._waiters[kernel_id]


class Assets(web.StaticFileHandler):
    """Files of the page frame and BokehJS; public, versioned by their address."""

    def initialize(self, folder: Path, names: frozenset[str]) -> None:  # type: ignore[override]
        """Serve exactly these files of a folder."""
        self.names = names
        super().initialize(path=str(folder))

    async def get(self, path: str, include_body: bool = True) -> None:  # noqa: FBT001, FBT002  tornado's signature
        """Give one file."""
        if path not in self.names:
            raise web.HTTPError(404)
        await super().get(path, include_body)
