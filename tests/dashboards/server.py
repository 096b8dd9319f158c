"""A real dashboard server in a process of its own, for tests that ask it over HTTP or with a browser."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tests.conftest import ROOT

TOKEN = "right-token"
START = "import sys; from analytics_lib.dashboards.serving import serve_dashboards; exec(sys.argv[1])"


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    link: str
    folder: Path
    reader: threading.Thread

    @property
    def address(self) -> str:
        parts = urlsplit(self.link)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def incidents(self) -> str:
        log = self.folder / "logs" / "dashboards.log"
        return log.read_text() if log.exists() else ""

    def kernels(self) -> list[psutil.Process]:
        return kernels_of(self.process.pid)

    def stop(self, how: int = signal.SIGINT) -> None:
        self.process.send_signal(how)
        self.process.wait(20)
        self.reader.join(5)
        self.process.stdout.close()


def kernels_of(process_id: int) -> list[psutil.Process]:
    """Give the kernels that a server has started."""
    return [child for child in psutil.Process(process_id).children(recursive=True) if _is_kernel(child)]


def _is_kernel(process: psutil.Process) -> bool:
    try:
        return any("ipykernel_launcher" in word for word in process.cmdline())
    except psutil.Error:
        return False


def start_server(folder: Path, options: str = f"token={TOKEN!r}") -> Server:
    """Start a server for a workspace and wait until it has announced its link."""
    call = f"serve_dashboards({str(folder)!r}, {options})"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("ANALYTICS_WORKSPACE", None)
    process = subprocess.Popen(
        [sys.executable, "-c", START, call], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        env=environment,
    )  # fmt: skip
    said: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=lambda: [said.put(line) for line in process.stdout], daemon=True)
    reader.start()
    lines = []
    while not lines or not lines[-1].startswith("http"):
        try:
            lines.append(said.get(timeout=60))
        except queue.Empty:
            process.kill()
            raise AssertionError(f"the server said no link: {lines}") from None
    return Server(process, lines[-1].strip(), folder, reader)


@dataclass
class Answer:
    """What the server answered."""

    status: int
    text: str
    headers: dict[str, str]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


def ask(address: str, **headers: str) -> Answer:
    """Ask once, following no redirect."""
    request = urllib.request.Request(
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(request, timeout=30) as answer:
            return Answer(answer.status, answer.read().decode("utf-8", "replace"), dict(answer.headers))
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read().decode("utf-8", "replace"), dict(refused.headers))
