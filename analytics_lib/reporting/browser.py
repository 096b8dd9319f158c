"""Finds the browser that prints PDF, and opens it without a way to the network."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from analytics_lib.errors import BrowserError

Answer = TypeVar("Answer")

ON_PATH: Final = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge",
)  # fmt: skip
_APPLICATIONS: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_KIN: Final = re.compile(r"chrom|edge|headless_shell|brave", re.IGNORECASE)
_INSTALL: Final = "Install one (Debian: apt install chromium; anywhere: playwright install chromium) or set BROWSER."
DEADLINE_SECONDS: Final = 120
"""No page takes longer; a browser that hangs is given up."""


def find_browser(preferred: str = "") -> Path:
    """Give the Chromium-like browser to print with.

    Looked for, in this order: the `preferred` one, ``$BROWSER`` (if it is of that kin: many tools put another program
    there), chromium, chrome and edge on the path, then the one Playwright installs.

    Parameters
    ----------
    preferred
        Path or name of a program, as the settings name it.

    Raises
    ------
    BrowserError
        None is there, or not the preferred one; the message says what to do.
    """
    if preferred:
        found = shutil.which(preferred)
        if found is None:
            raise BrowserError(f"there is no browser {preferred!r}", "Correct or remove that setting.")
        return Path(found)
    for candidate in _candidates():
        if candidate and os.access(candidate, os.X_OK) and Path(candidate).is_file():
            return Path(candidate)
    raise BrowserError("no browser that can print PDF was found", _INSTALL)


def _candidates() -> Iterator[str | None]:
    named = os.environ.get("BROWSER", "")
    if _KIN.search(Path(named).name):
        yield shutil.which(named)
    yield from (shutil.which(name) for name in ON_PATH)
    yield from _APPLICATIONS
    yield from (str(path) for path in _from_playwright())


def _from_playwright() -> list[Path]:
    homes = {
        "darwin": Path.home() / "Library/Caches/ms-playwright",
        "win32": Path.home() / "AppData/Local/ms-playwright",
    }
    default = homes.get(sys.platform, Path.home() / ".cache/ms-playwright")
    root = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    return sorted(
        (
            path
            for pattern in ("chromium-*/chrome-*/chrome*", "chromium-*/chrome-*/Chromium.app/Contents/MacOS/Chromium")
            for path in root.glob(pattern)
            if path.name in {"chrome", "chrome.exe", "Chromium"}
        ),
        reverse=True,
    )


@contextmanager
def open_page(browser: Path, *, width: int, height: int) -> Iterator[tuple[Any, list[str]]]:
    """Open a page in a browser that may only read local files; gives it and the list of refused addresses.

    The sandbox is left out only for root, whom Chromium would not start otherwise.

    Raises
    ------
    BrowserError
        The browser does not start.
    """
    from playwright.sync_api import Error, sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(executable_path=str(browser), chromium_sandbox=not root)
        except Error as problem:
            first = str(problem).strip().splitlines()[0]
            raise BrowserError(f"{browser.name} does not start ({first})", f"Try it by hand. {_INSTALL}") from problem
        try:
            context = running.new_context(viewport={"width": width, "height": height})
            page = context.new_page()
            refused: list[str] = []
            page.route("**/*", lambda route: _only_local(route, refused))
            yield page, refused
        finally:
            running.close()


def _only_local(route: Any, refused: list[str]) -> None:
    address = route.request.url
    if address.startswith(("file:", "data:", "about:", "blob:")):
        route.continue_()
    else:
        refused.append(address)
        route.abort()


def in_own_thread(task: Callable[[], Answer]) -> Answer:
    """Run a task that drives a browser where no event loop is running, and give up after the deadline.

    Raises
    ------
    BrowserError
        It took longer than :data:`DEADLINE_SECONDS`.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="browser")
    try:
        return pool.submit(task).result(DEADLINE_SECONDS)
    except FutureTimeoutError as problem:
        raise BrowserError(f"the browser did not answer in {DEADLINE_SECONDS} s", "Try again.") from problem
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
