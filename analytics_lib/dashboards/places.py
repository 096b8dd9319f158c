"""Where served notebooks and the frame of their pages lie."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from analytics_lib.config.content import content_folder

TEMPLATE_ROOT: Final = Path(__file__).parent / "template"
"""A Jupyter data folder with our Voilà template in it."""
TEMPLATE: Final = "analytics"
"""Name of the template."""


def dashboards_folder(workspace_folder: Path) -> Path:
    """Give the folder of served notebooks: the workspace's own, else the shipped one."""
    own = workspace_folder / "notebooks" / "dashboards"
    return own if own.is_dir() else content_folder("notebooks") / "dashboards"


def static_folder() -> Path:
    """Give the folder with style and scripts of the page frame.

    Examples
    --------
    >>> sorted(path.name for path in static_folder().iterdir())
    ['page.css', 'progress.js', 'theme.js']
    """
    return TEMPLATE_ROOT / "voila" / "templates" / TEMPLATE / "static"
