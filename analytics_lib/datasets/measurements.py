"""Made-up measurements of a magazine's server: how long its pages take, with one slow afternoon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics_lib import checks
from analytics_lib.periods import Moment, moment

if TYPE_CHECKING:
    import pandas as pd

SLOW_HOURS: Final = (14, 15, 16, 17)
"""Hours of the slow afternoon; pages take :data:`SLOWER` times as long."""

SLOWER: Final = 2.5

_EVENING: Final = 0.12


def slow_day(days: int = 90, *, start: Moment = "2024-04-01") -> pd.Timestamp:
    """Give the midnight of the day with the slow afternoon: after nine tenths of the days.

    Examples
    --------
    >>> str(slow_day().date())
    '2024-06-21'
    """
    import pandas as pd

    return pd.Timestamp(moment("start", start)) + pd.Timedelta(days=days * 9 // 10)


def make_measurements(*, seed: int = 1, days: int = 90, start: Moment = "2024-04-01") -> pd.DataFrame:
    """Make one measurement an hour of ``page_load`` (a gauge in ms), as rows of the lake's table ``metrics``.

    Evenings are a little slower than mornings. The same arguments give the same rows.

    Examples
    --------
    >>> rows = make_measurements(days=2)
    >>> len(rows), rows["name"].unique().tolist(), rows["unit"].unique().tolist()
    (48, ['page_load'], ['ms'])
    """
    import numpy as np
    import pandas as pd

    checks.whole_number("days", days, at_least=1)
    random = np.random.default_rng(seed)
    times = pd.date_range(pd.Timestamp(moment("start", start)), periods=24 * days, freq="h")
    usual = 320 * (1 + _EVENING * np.sin((times.hour - 14) / 24 * 2 * np.pi)) * random.lognormal(0, 0.05, len(times))
    slow = (times.normalize() == slow_day(days, start=start)) & times.hour.isin(SLOW_HOURS)
    return pd.DataFrame({
        "metric_id": [f"page_load-{when:%Y%m%d%H}" for when in times], "name": "page_load", "type": "gauge",
        "value": np.round(usual * np.where(slow, SLOWER, 1.0), 1), "unit": "ms", "time": times,
    })  # fmt: skip
