"""Series to learn and test on: small real ones that ship, and made ones with known truths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from analytics_lib import checks
from analytics_lib.datasets.published import FILES
from analytics_lib.periods import Duration, Moment, duration, moment

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

SERIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "nile": ("year", "volume", "%Y"),
    "sunspots": ("YEAR", "SUNACTIVITY", "%Y"),
    "co2": ("date", "co2", "%Y%m%d"),
    "peyton_manning": ("ts", "y", "%Y-%m-%d"),
}
"""Shipped series: time column, value column and time format of the published file."""


def read_series(name: str) -> pd.DataFrame:
    """Give a real published series as `time` (UTC), `value`.

    ``nile`` (yearly flow, 1871–1970), ``sunspots`` (yearly, 1700–2008), ``co2`` (weekly, 59 of 2,284
    values missing), ``peyton_manning`` (logarithm of daily page views; 59 days are not there at all).
    Missing values are NaN and missing days stay missing. Credits stand in NOTICE.

    Raises
    ------
    ArgumentError
        No series of this name ships.

    Examples
    --------
    >>> read_series("nile").shape, float(read_series("nile")["value"].iloc[0])
    ((100, 2), 1120.0)
    """
    import pandas as pd

    time, value, pattern = SERIES[checks.one_of("name", name, tuple(SERIES))]
    frame = pd.read_csv(FILES / "series" / f"{name}.csv", dtype={time: str})
    times = pd.to_datetime(frame[time], format=pattern, utc=True).astype("datetime64[us, UTC]")
    return pd.DataFrame({"time": times, "value": frame[value].astype(float)})


def make_series(
    length: int = 1000,
    *,
    seed: int = 1,
    step: Duration = "1h",
    start: Moment = "2024-01-01",
    level: float = 100.0,
    slope_per_step: float = 0.0,
    seasons: Mapping[int, float] | None = None,
    noise: float = 1.0,
    memory: float = 0.0,
    spikes: Mapping[int, float] | None = None,
    shifts: Mapping[int, float] | None = None,
    missing: Sequence[int] = (),
) -> pd.DataFrame:
    """Make a series whose truth is known: `time` (UTC), `value`.

    Parameters
    ----------
    length
        Number of points, one each `step`.
    seed
        Same seed, same noise.
    level, slope_per_step
        Value at the first point, and the straight line added to it.
    seasons
        ``{period in steps: amplitude}``; each a sine wave.
    noise
        Standard deviation of the noise around all that, whatever `memory` is.
    memory
        First-order autocorrelation of the noise, in (-1, 1).
    spikes
        ``{position: height}``, added to single points.
    shifts
        ``{position: height}``, added to that point and all later ones.
    missing
        Positions whose value is unknown (NaN).

    Raises
    ------
    ArgumentError
        A length, memory or noise that makes no series.

    Examples
    --------
    >>> made = make_series(48, noise=0, seasons={24: 5}, spikes={10: 50})
    >>> int(made["value"].idxmax()), len(made)
    (10, 48)
    """
    import numpy as np
    import pandas as pd

    count = checks.whole_number("length", length, at_least=1)
    steps = np.arange(count)
    values = level + slope_per_step * steps + _noise(count, seed, noise, memory)
    for period, amplitude in (seasons or {}).items():
        values = values + amplitude * np.sin(2 * np.pi * steps / period)
    for position, height in (spikes or {}).items():
        values[position] += height
    for position, height in (shifts or {}).items():
        values[position:] += height
    values[list(missing)] = np.nan
    first = pd.Timestamp(moment("start", start)).as_unit("us")
    times = pd.date_range(first, periods=count, freq=pd.Timedelta(duration("step", step)), unit="us")
    return pd.DataFrame({"time": times, "value": values})


def _noise(count: int, seed: int, noise: float, memory: float) -> npt.NDArray[np.float64]:
    import numpy as np

    spread = checks.number_between("noise", noise, 0, 1e300, inclusive=True)
    kept = checks.number_between("memory", memory, -1, 1)
    shocks = np.random.default_rng(seed).standard_normal(count)
    shocks[1:] *= np.sqrt(1 - kept**2)  # so that the spread is `noise` whatever the memory
    for index in range(1, count if kept else 0):
        shocks[index] += kept * shocks[index - 1]
    return spread * shocks
