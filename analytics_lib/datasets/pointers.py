"""Made-up pointer events on one page: a button that all find, an offer at the bottom that few reach."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from analytics_lib import checks

if TYPE_CHECKING:
    import pandas as pd

BUTTON: Final = (0.75, 0.12)
"""Middle of the planted clicks, as shares of the page's width and height."""

_WIDTHS: Final = (390, 820, 1280)


def make_pointer_events(*, seed: int = 0, users: int = 200) -> pd.DataFrame:
    """Make one visit per person to ``/offer``: a view, three clicks near a button, a scroll.

    A third of the people each have a phone, a tablet and a desktop; the depth people reach is even
    between 0 and 1. Same arguments, same events.

    Examples
    --------
    >>> events = make_pointer_events(seed=1, users=10)
    >>> len(events), events["event"].nunique()
    (50, 2)
    """
    import numpy as np
    import pandas as pd

    checks.whole_number("users", users, at_least=1)
    random, first = np.random.default_rng(seed), pd.Timestamp("2024-05-01", tz="UTC")
    rows: list[dict[str, Any]] = []
    for number in range(users):
        width, begin = _WIDTHS[number % 3], first + pd.Timedelta(minutes=7 * number)
        whom = {"user_id": f"visitor-{number:04}", "session_id": f"visit-{number:04}", "url": "/offer"}
        rows.append({**whom, "event": "page.view", "event_time": begin, "properties": "{}"})
        places = np.clip(random.normal(BUTTON, 0.04, (3, 2)), 0, 1).round(4).tolist()
        told = [{"action": "click", "x": x, "y": y} for x, y in places]
        told.append({"action": "scroll", "scroll_depth": round(float(random.random()), 4)})
        for second, one in enumerate(told, 1):
            text = json.dumps({**one, "viewport_width": width})
            when = begin + pd.Timedelta(seconds=4 * second)
            rows.append({**whom, "event": "interaction.pointer", "event_time": when, "properties": text})
    return pd.DataFrame(rows)
