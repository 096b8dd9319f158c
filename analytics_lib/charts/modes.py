"""Which of its lives a notebook is living: that decides what a display may contain."""

from __future__ import annotations

import os
import sys
from typing import Literal

Mode = Literal["dashboard", "report", "notebook", "script"]


def display_mode() -> Mode:
    """Tell where displays will be shown.

    ``dashboard``: a served page, which loads BokehJS itself. ``report``: a run whose outputs are
    kept; the runner says so by ``ANALYTICS_MODE=report``. ``notebook``: a kernel with a front end
    that may be live. ``script``: no kernel at all.

    Examples
    --------
    >>> display_mode() in {"dashboard", "report", "notebook", "script"}
    True
    """
    if os.environ.get("ANALYTICS_MODE") == "report":
        return "report"
    if "VOILA_BASE_URL" in os.environ:
        return "dashboard"
    return "notebook" if _in_kernel() else "script"


def _in_kernel() -> bool:
    """Look for a kernel without importing IPython: in a plain script it is not even loaded."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None
