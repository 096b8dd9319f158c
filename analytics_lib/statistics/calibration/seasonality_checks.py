"""What :func:`~analytics_lib.statistics.seasonality.seasonality` promises: invented and found periods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.calibration.checks import Check, Trial
from analytics_lib.statistics.seasonality import find_periods

Make = Callable[[int], nulls.Floats]

_HOUR: Final = 3600.0


def _names_any(make: Make) -> Trial:
    return lambda seed: float(len(find_periods(make(seed), step_seconds=_HOUR)) > 0)


def _names(make: Make, period: int) -> Trial:
    def trial(seed: int) -> float:
        found = find_periods(make(seed), step_seconds=_HOUR)
        return float(any(abs(one.steps - period) <= 1 for one in found))

    return trial


def _autocorrelation_rule(make: Make) -> Trial:
    """Name a period when the highest local maximum of the autocorrelation exceeds its white-noise band."""

    def trial(seed: int) -> float:
        from statsmodels.tsa.stattools import acf

        values = make(seed)
        found = acf(
            values - np.polyval(np.polyfit(np.arange(len(values)), values, 1), np.arange(len(values))), nlags=200
        )
        peaks = found[1:-1][(found[1:-1] > found[:-2]) & (found[1:-1] > found[2:])]
        return float(len(peaks) > 0 and peaks.max() > 1.96 / np.sqrt(len(values)))

    return trial


def _fishers_test(make: Make) -> Trial:
    """Name a period when the highest peak of the periodogram is too high for white noise (Fisher 1929)."""

    def trial(seed: int) -> float:
        from scipy.signal import periodogram

        power = periodogram(make(seed), detrend="linear")[1][1:]
        return float(1 - (1 - np.exp(-power.max() / power.mean())) ** len(power) < 0.05)

    return trial


def _invented(name: str, make: Make, short: int = 0) -> Check:
    return Check(
        name=f"seasonality invents a period: {name}", method="seasonality", nominal=0.02, high=0.05,
        trial=_names_any(make), trials=600, short=short, peer_trials=200,
        peers={"autocorrelation peak": _autocorrelation_rule(make), "Fisher's g": _fishers_test(make)},
    )  # fmt: skip


def _daily(seed: int) -> nulls.Floats:
    return nulls.red_noise(seed, 700, 0.5) + nulls.season(700, 24)


def _weekly(seed: int) -> nulls.Floats:
    return nulls.red_noise(seed, 1400, 0.5) + nulls.season(1400, 24) + nulls.season(1400, 168)


CHECKS: Final = (
    _invented("white noise, n 700", lambda seed: nulls.noise(seed, 700), short=60),
    _invented("AR(1) 0.7, n 700", lambda seed: nulls.red_noise(seed, 700, 0.7), short=60),
    _invented("random walk, n 700", lambda seed: nulls.random_walk(seed, 700), short=60),
    _invented("AR(1) 0.95, n 300", lambda seed: nulls.red_noise(seed, 300, 0.95)),
    _invented("lognormal noise, n 300", lambda seed: nulls.noise(seed, 300, "lognormal")),
    _invented("Poisson counts (mean 2), n 120", lambda seed: nulls.noise(seed, 120, "poisson")),
    Check(
        name="seasonality finds 24 h in AR(1) 0.5, n 700", method="seasonality", nominal=1.0, low=0.97,
        trial=_names(_daily, 24), trials=600, short=40,
    ),
    Check(
        name="seasonality finds 168 h beside 24 h, n 1,400", method="seasonality", nominal=1.0, low=0.95,
        trial=_names(_weekly, 168), trials=600,
    ),
)  # fmt: skip
