"""Where the workspace is: named, found upwards from here, or told that there is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from analytics_lib.config.settings import SETTINGS_FILE
from analytics_lib.errors import WorkspaceError

VARIABLE: Final = "ANALYTICS_WORKSPACE"
"""Environment variable that names the workspace, for whoever is started inside none."""

DEMONSTRATION: Final = ".demo"
"""Where `make demo` puts its workspace; found from the checkout's own notebooks, too."""


def workspace_folder(path: str | Path | None = None) -> Path:
    """Give the folder of the workspace that is meant.

    Parameters
    ----------
    path
        Its folder, or its ``analytics.toml``. Default: what ``ANALYTICS_WORKSPACE`` names, else the
        nearest folder upwards from the current one that is a workspace or holds the demonstration's.

    Raises
    ------
    WorkspaceError
        There is none.
    """
    named = path or os.environ.get(VARIABLE)
    if named:
        given = Path(named).expanduser().resolve()
        folder = given.parent if given.name == SETTINGS_FILE else given
        if not (folder / SETTINGS_FILE).is_file():
            told = "" if path else f" (named by {VARIABLE})"
            if folder.is_file():
                raise WorkspaceError(f"{folder}{told} is a file; a workspace is a folder", "Give the folder.")
            fact = f"{folder}{told} is not a workspace: it has no {SETTINGS_FILE}"
            raise WorkspaceError(fact, f"Make it one with `analytics init {folder}`.")
        return folder
    here = Path.cwd()
    for folder in (here, *here.parents):
        for candidate in (folder, folder / DEMONSTRATION):
            if (candidate / SETTINGS_FILE).is_file():
                return candidate
    fact = f"neither {here} nor any folder above it is a workspace"
    advice = f"Give its path, set {VARIABLE}, or make one with `analytics init my-workspace`."
    raise WorkspaceError(fact, advice)
