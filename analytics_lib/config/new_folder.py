"""Makes a folder a workspace: settings, keys, empty tables, and the notebooks and reports that ship."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analytics_lib.config.content import content_folder
from analytics_lib.config.settings import SETTINGS_FILE
from analytics_lib.config.template import write_default_settings
from analytics_lib.errors import WorkspaceError

PLANS: Final = "plans"
"""Folder of the tracking plans; every load and replay follows them."""

_FOLDERS: Final = (PLANS, "alerts", "lake")
_CONTENT: Final = ("notebooks", "reports")
_NOT_COPIED: Final = ("_build", "images", "__pycache__", ".ipynb_checkpoints", "*.py")
_NOT_SHARED: Final = (
    "# What must not leave this machine, or can be made again.\nkeys/\nlake/\nstate.db*\nreports/_build/\n"
)


@dataclass(frozen=True, slots=True)
class MadeFolder:
    """What was done to a folder."""

    folder: Path
    """Where it is, resolved."""
    existed: bool
    """Whether it was a workspace already."""
    added: tuple[Path, ...]
    """Notebooks and reports that were not there, relative to the folder."""


def make_workspace_folder(folder: str | Path, *, name: str | None = None) -> MadeFolder:
    """Make a folder a workspace, or bring one up to date: what is there already is left as it is.

    Parameters
    ----------
    folder
        New or existing.
    name
        Shown on pages and reports; default: the folder's name.

    Raises
    ------
    WorkspaceError
        The folder can't be written.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> made = make_workspace_folder(mkdtemp())
    >>> made.existed, Path("reports/weekly_overview/report.toml") in made.added
    (False, True)
    >>> again = make_workspace_folder(made.folder)
    >>> again.existed, again.added
    (True, ())
    """
    home = Path(folder).expanduser().resolve()
    existed = (home / SETTINGS_FILE).is_file()
    try:
        home.mkdir(parents=True, exist_ok=True)
        write_default_settings(home, name=name)
        (home / "keys").mkdir(mode=0o700, exist_ok=True)
        for part in _FOLDERS:
            (home / part).mkdir(exist_ok=True)
        added = [path for part in _CONTENT for path in _copy_missing(content_folder(part), home / part)]
        if not (home / ".gitignore").exists():
            (home / ".gitignore").write_text(_NOT_SHARED, encoding="utf-8")
    except OSError as problem:
        fact = f"no workspace can be made in {home} ({problem.strerror})"
        raise WorkspaceError(fact, "Choose a folder that you may write to.") from problem
    return MadeFolder(home, existed, tuple(path.relative_to(home) for path in added))


def _copy_missing(source: Path, target: Path) -> list[Path]:
    copied: list[Path] = []

    def copy(found: str, wanted: str) -> None:
        if not Path(wanted).exists():
            shutil.copyfile(found, wanted)
            copied.append(Path(wanted))

    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_NOT_COPIED), copy_function=copy, dirs_exist_ok=True)
    return copied
