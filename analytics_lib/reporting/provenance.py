"""What a run stands on: code, environment, machine class, data; enough to do it again and compare."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

from analytics_lib.results import library_version

COVER: Final = "application/vnd.analytics.cover+json"
"""Mime type of the block in which a notebook says what it is about and which data it read."""


def run_provenance(notebook: Path) -> dict[str, Any]:
    """Describe what a run of this notebook stands on, but for the data, which only the run can know.

    Returns
    -------
    dict
        ``library``, ``python``, ``platform``, ``processors``, ``environment_sha256`` (installed
        distributions), ``notebook_sha256`` and, in a git checkout, ``commit`` and ``uncommitted_changes``.
    """
    return {
        "library": library_version(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "environment_sha256": environment_digest(),
        "notebook_sha256": hashlib.sha256(notebook.read_bytes()).hexdigest(),
        **code_version(notebook.parent),
    }


@cache
def environment_digest() -> str:
    """Give one digest of all installed distributions; two equal ones mean the same libraries."""
    lines = sorted({f"{found.name.lower()}=={found.version}" for found in distributions() if found.name})
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def code_version(folder: Path) -> dict[str, Any]:
    """Give the git commit of the checkout that holds a folder, and whether it differs; nothing outside of one."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return {}
    status = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit, "uncommitted_changes": bool(status)}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def covers(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give what an executed notebook says of itself on its cover blocks."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            told = output.get("data", {}).get(COVER)
            if isinstance(told, dict):
                yield told


def data_versions(notebook: dict[str, Any] | None) -> list[str]:
    """Give the data versions an executed notebook says it read, each once."""
    told = covers(notebook) if notebook else ()
    return list(dict.fromkeys(str(cover["data_version"]) for cover in told if cover.get("data_version")))
