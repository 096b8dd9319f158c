"""Which of its lives a notebook is living: that decides what a display may contain."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import PurePath
from typing import Literal

Mode = Literal["dashboard", "report", "executed", "notebook", "script"]


def display_mode() -> Mode:
    """Tell where displays will be shown.

    ``dashboard``: a served page, which loads BokehJS itself. ``report``: a run whose outputs are
    kept; the runner says so by ``ANALYTICS_MODE=report``. ``executed``: nbconvert or Papermill runs the
    notebook by itself; its page will have no kernel for a widget, and no BokehJS but its own.
    ``notebook``: a kernel with a front end that may be live. ``script``: no kernel at all.

    Examples
    --------
    >>> display_mode() in {"dashboard", "report", "executed", "notebook", "script"}
    True
    """
    if os.environ.get("ANALYTICS_MODE") == "report":
        return "report"
    if "VOILA_BASE_URL" in os.environ:
        return "dashboard"
    if not _in_kernel():
        return "script"
    return "executed" if _executed() else "notebook"


def _in_kernel() -> bool:
    """Look for a kernel without importing IPython: in a plain script it is not even loaded."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None


@cache
def _executed() -> bool:
    """Tell whether the process that started this kernel executes a notebook from top to bottom and ends."""
    import psutil

    try:
        command = psutil.Process(int(os.environ.get("JPY_PARENT_PID") or os.getppid())).cmdline()
    except (psutil.Error, ValueError):
        return False
    words = {PurePath(word).name.removesuffix(".exe").removeprefix("jupyter-") for word in command[:4]}
    return bool(words & {"nbconvert", "papermill", "execute"})
