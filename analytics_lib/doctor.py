"""What is wrong with this installation, and what to do about it.

Every check is a small function that gives one :class:`Finding`; :func:`examine` runs them all and
never stops at the first that fails.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from analytics_lib.config.settings import SETTINGS_FILE
from analytics_lib.display import format_count
from analytics_lib.errors import AnalyticsError


class Status(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """What was looked at."""
    status: Status
    """``fail`` means something will not work; ``warn`` that something optional is missing or near its limit."""
    fact: str
    """What was found."""
    advice: str = ""
    """What to do; empty when all is well."""


PYTHONS: Final = ((3, 11), (3, 13))
TOGETHER: Final = {
    "bokeh": ((3, 9, 2), (3, 11)),
    "jupyter_bokeh": ((4, 1, 0), (4, 1, 1)),
    "ipywidgets": ((8, 1, 5), (9,)),
    "voila": ((0, 5, 8), (0, 6)),
    "duckdb": ((2,), (3,)),
    "ibis-framework": ((12,), (13,)),
    "deltalake": ((1, 6), (2,)),
    "pandas": ((3,), (4,)),
    "papermill": ((2, 6), (3,)),
    "nbconvert": ((7, 16), (8,)),
}
"""Half-open ranges of versions that were run together; outside them, charts go blank without a word."""

LITTLE_SPACE: Final = 1_000_000_000
NO_SPACE: Final = 100_000_000


def examine(workspace: Path | None = None) -> list[Finding]:
    """Look at the installation, and at a workspace where one is given.

    Parameters
    ----------
    workspace
        Folder of a workspace; None looks at the installation only.

    Returns
    -------
    list of Finding
        In the order looked at; nothing is changed on disk.

    Examples
    --------
    >>> {finding.status.value for finding in examine()} <= {"ok", "warn", "fail"}
    True
    """
    checks: list[Callable[[], Finding]] = [python_version, versions_together, browser, clock]
    findings = [_guarded(check) for check in checks]
    if workspace is None:
        return findings
    findings.append(_guarded(folder, workspace))
    if not (workspace / SETTINGS_FILE).is_file():
        return findings  # the rest would say the same in other words
    return [*findings, *(_guarded(check, workspace) for check in (settings, plans, keys, disk_space, state, lake))]


def _guarded(check: Callable[..., Finding], *arguments: Path) -> Finding:
    """Run one check; what it could not explain itself becomes a finding too."""
    name = check.__name__.replace("_", " ")
    try:
        return check(*arguments)
    except AnalyticsError as problem:
        return Finding(name, Status.FAIL, problem.fact, problem.advice)
    except Exception as problem:  # a doctor that crashes helps nobody
        return Finding(
            name, Status.FAIL, f"{type(problem).__name__}: {problem}", "This is a fault of ours; please report it."
        )


def python_version() -> Finding:
    """Tell whether this Python is one the library was run on."""
    found = sys.version_info[:2]
    text = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= found <= PYTHONS[1]:
        return Finding("python", Status.OK, text)
    return Finding("python", Status.FAIL, f"{text} is not supported", "Use Python 3.11, 3.12 or 3.13.")


def versions_together() -> Finding:
    """Tell whether the libraries that must fit together do."""
    wrong = list(_misfits())
    if wrong:
        advice = "Install the versions of constraints.txt: pip install --constraint constraints.txt analytics-lib"
        return Finding("versions", Status.FAIL, "; ".join(wrong), advice)
    told = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("bokeh", "voila", "duckdb", "deltalake"))
    return Finding("versions", Status.OK, told)


def _misfits() -> Iterator[str]:
    for name, (low, high) in TOGETHER.items():
        try:
            text = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield f"{name} is missing"
            continue
        found = tuple(int(part) for part in text.split(".")[:3] if part.isdigit())
        if not low <= found < high:
            yield f"{name} {text} is outside {_dotted(low)} … {_dotted(high)}"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def browser() -> Finding:
    """Tell whether PDF reports can be printed."""
    from analytics_lib.errors import BrowserError
    from analytics_lib.reporting.browser import find_browser

    try:
        return Finding("browser", Status.OK, find_browser().name)
    except BrowserError as problem:
        return Finding(
            "browser", Status.WARN, f"{problem.fact}; HTML and dashboards work, PDF does not", problem.advice
        )


def clock() -> Finding:
    """Tell whether the machine's clock can be believed: events from its future would be quarantined."""
    now = datetime.now(UTC)
    newest = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now < newest - timedelta(days=1):
        fact = f"the clock says {now:%Y-%m-%d %H:%M} UTC, before this library was installed"
        return Finding("clock", Status.FAIL, fact, "Set the clock, best by NTP.")
    return Finding("clock", Status.OK, f"{now:%Y-%m-%d %H:%M} UTC")


def folder(workspace: Path) -> Finding:
    """Tell whether the workspace is there and writable."""
    if not (workspace / SETTINGS_FILE).is_file():
        fact = f"{workspace} has no {SETTINGS_FILE}" if workspace.is_dir() else f"there is no folder {workspace}"
        return Finding("workspace", Status.FAIL, fact, f"Make one: analytics init {workspace}")
    if not os.access(workspace, os.W_OK):
        return Finding(
            "workspace", Status.FAIL, f"{workspace} is not writable", "Give this user the right to write there."
        )
    return Finding("workspace", Status.OK, str(workspace))


def settings(workspace: Path) -> Finding:
    """Tell whether analytics.toml says only possible things."""
    from analytics_lib.config.settings import read_settings

    read = read_settings(workspace)
    return Finding("settings", Status.OK, format_count(len(read.tenants), "tenant"))


def plans(workspace: Path) -> Finding:
    """Tell whether the tracking plans can be read."""
    from analytics_lib.ingestion.plans import read_plans

    folder = workspace / "plans"
    read = read_plans(folder).plans if folder.is_dir() else ()
    off = sum(not plan.enabled for plan in read)
    return Finding(
        "plans", Status.OK, format_count(len(read), "tracking plan") + (f", {off} switched off" if off else "")
    )


def keys(workspace: Path) -> Finding:
    """Tell whether the keys of the pseudonyms are there and nobody else can read them."""
    home = workspace / "keys"
    files = sorted(path for path in home.rglob("*") if path.is_file()) if home.is_dir() else []
    if not files:
        return Finding("keys", Status.OK, "none yet; the first load makes them")
    open_to_others = [path.name for path in (home, *files) if path.stat().st_mode & 0o077]
    if open_to_others and os.name == "posix":
        advice = f"Close them: chmod 700 {home} && chmod 600 {home}/*"
        return Finding("keys", Status.FAIL, f"{len(open_to_others)} can be read by others: {open_to_others[0]}", advice)
    from analytics_lib.privacy.pseudonyms import Keys

    return Finding("keys", Status.OK, f"{format_count(len(Keys(home)), 'key')}, private")


def disk_space(workspace: Path) -> Finding:
    """Tell whether there is room to write."""
    free = shutil.disk_usage(workspace).free
    from analytics_lib.display import format_bytes

    fact = f"{format_bytes(free)} free"
    if free < NO_SPACE:
        return Finding("disk", Status.FAIL, fact, "Make room: loads and reports will fail.")
    if free < LITTLE_SPACE:
        return Finding(
            "disk", Status.WARN, fact, "Make room soon; `analytics lake vacuum` removes what no snapshot needs."
        )
    return Finding("disk", Status.OK, fact)


def state(workspace: Path) -> Finding:
    """Tell whether state.db opens and its audit chain is unbroken."""
    from analytics_lib.state.audit import broken_entry
    from analytics_lib.state.database import open_state

    database = workspace / "state.db"
    if not database.exists():
        return Finding("state", Status.OK, "none yet; the first run makes it")
    opened = open_state(database)
    broken = broken_entry(opened)
    opened.close()
    if broken is not None:
        fact = f"entry {broken} of the audit log was changed or removed"
        return Finding("state", Status.FAIL, fact, "Keep the file as evidence and compare it with a backup.")
    return Finding("state", Status.OK, "opens, audit chain unbroken")


def lake(workspace: Path) -> Finding:
    """Tell whether the events can be read."""
    from analytics_lib.workspace import open_workspace

    count = open_workspace(workspace).events().count().to_pyarrow().as_py()
    return Finding("lake", Status.OK, format_count(count, "event"))
