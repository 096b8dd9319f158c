"""How dashboards look, wherever they are shown: rules that travel with the widgets."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from analytics_lib.charts.styles import RULES

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@cache
def style_html() -> str:
    """Give the style sheet of charts and dashboards as one small element.

    Examples
    --------
    >>> style_html().startswith("<style>")
    True
    """
    own = (Path(__file__).parent / "dashboard.css").read_text(encoding="utf-8")
    return "<style>" + " ".join(_COMMENT.sub("", RULES + own).split()) + "</style>"
