"""Which notebooks are served, under which name: the notebooks of a folder and what its manifest says of them.

The manifest is ``dashboards.toml`` beside the notebooks, one table per notebook, all keys optional::

    [overview]
    label = "Overview"      # short name in the navigation; default: made from the file name
    summary = "…"           # a sentence on the first page; default: the notebook's first paragraph
    order = 10              # place in the navigation
    warm = true             # keep a kernel ready for the next visitor

A notebook without a table is served too; its title is its first heading. A table without a notebook
is passed over: the notebook may have been taken away.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analytics_lib.errors import SettingsError, WorkspaceError, nearest

MANIFEST: Final = "dashboards.toml"
_KEYS: Final[dict[str, type]] = {"label": str, "summary": str, "order": int, "warm": bool}
_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """One served notebook."""

    name: str
    """File name without ending; the last word of its address."""
    path: Path
    """The notebook."""
    label: str
    """Short name for the navigation."""
    title: str
    """The question the page answers: its first heading."""
    summary: str
    """What the page shows, in a sentence or two."""
    order: int = 100
    """Place in the navigation; equal places are ordered by name."""
    warm: bool = False
    """Whether a kernel is kept ready for the next visitor."""


def read_manifest(folder: Path) -> tuple[DashboardPage, ...]:
    """Give the pages of a folder of notebooks, in the order of the navigation.

    Raises
    ------
    WorkspaceError
        The folder is not there, or a notebook can't be read.
    SettingsError
        The manifest is not TOML, or says something that nobody reads.
    """
    if not folder.is_dir():
        raise WorkspaceError(f"there is no folder {folder}", "Run 'analytics init' to get the shipped notebooks.")
    paths = {path.stem: path for path in folder.glob("*.ipynb")}
    told = _read_tables(folder / MANIFEST)
    pages = [read_page(path, told.get(name, {})) for name, path in paths.items()]
    return tuple(sorted(pages, key=lambda page: (page.order, page.name)))


def _read_tables(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise SettingsError(f"{path} can't be read: {problem}", "Write it as TOML.") from problem
    for name, table in tables.items():
        _check(path, name, table)
    return tables


def _check(path: Path, name: str, table: Any) -> None:
    for key, value in (table if isinstance(table, dict) else {"": table}).items():
        if key not in _KEYS:
            raise SettingsError(f"{path.name}: [{name}] has {key!r}, which nobody reads", nearest(key, _KEYS))
        if type(value) is not _KEYS[key]:
            fact = f"{path.name}: {key} = {value!r} of [{name}] is not of type {_KEYS[key].__name__}"
            raise SettingsError(fact, "See the comment on top of the file.")


def read_page(path: Path, told: Mapping[str, Any]) -> DashboardPage:
    """Read what one notebook says about itself, under what the manifest says of it.

    Raises
    ------
    WorkspaceError
        The file is not a notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        words = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise WorkspaceError(f"{path.name} can't be read as a notebook", "Open and save it in JupyterLab.") from problem
    label = told.get("label", path.stem.replace("_", " ").capitalize())
    own: dict[str, Any] = {"title": _title(words) or label, "summary": _summary(words)}
    return DashboardPage(name=path.stem, path=path, **{**own, **told, "label": label})


def _title(words: list[str]) -> str:
    found = (_HEADING.search(text) for text in words)
    return next((match[1].strip() for match in found if match), "")


def _summary(words: list[str]) -> str:
    for text in words:
        for paragraph in text.split("\n\n"):
            if paragraph.strip() and not paragraph.lstrip().startswith("#"):
                return " ".join(paragraph.split())
    return ""
