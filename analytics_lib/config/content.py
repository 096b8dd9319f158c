"""Where the notebooks and reports that ship with the library are: in a checkout, or inside the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from analytics_lib.errors import InstallationError

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def content_folder(name: str) -> Path:
    """Give the folder of shipped content, ``notebooks`` or ``reports``.

    An installed wheel carries it as ``_content`` beside the code; an editable checkout has it beside
    the package.

    Raises
    ------
    InstallationError
        It is in neither place.

    Examples
    --------
    >>> content_folder("reports").name
    'reports'
    """
    for folder in (_PACKAGE / "_content" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise InstallationError(f"the {name} that ship with the library are missing", "Install analytics-lib again.")
