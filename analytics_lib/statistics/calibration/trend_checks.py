"""What :func:`~analytics_lib.statistics.trend.trend` promises: rejections of true nulls, power, coverage."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final

import numpy as np

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.calibration.checks import Check, Trial
from analytics_lib.statistics.trend import trend

Make = Callable[[int], nulls.Floats]


def _rejects(make: Make) -> Trial:
    return lambda seed: float(trend(nulls.hourly(make(seed))).p_value < 0.05)


def _covers(make: Make, slope: float) -> Trial:
    def trial(seed: int) -> float:
        found = trend(nulls.daily(make(seed)))
        return float(found.slope_low <= slope <= found.slope_high)

    return trial


def _mann_kendall(make: Make) -> Trial:
    def trial(seed: int) -> float:
        from scipy.stats import kendalltau

        values = make(seed)
        return float(kendalltau(np.arange(len(values)), values).pvalue < 0.05)

    return trial


def _least_squares(make: Make) -> Trial:
    def trial(seed: int) -> float:
        from statsmodels.api import OLS, add_constant

        values = make(seed)
        design = add_constant(np.arange(len(values)))
        lags = int(4 * (len(values) / 100) ** (2 / 9))
        fitted = OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
        return float(fitted.pvalues[1] < 0.05)

    return trial


def _package(make: Make, test: str) -> Trial:
    def trial(seed: int) -> float:
        package = import_module("pymannkendall")
        return float(getattr(package, test)(make(seed)).p < 0.05)

    return trial


def _level(name: str, make: Make, *, high: float, short: int = 0) -> Check:
    peers = {
        "Mann–Kendall": _mann_kendall(make),
        "least squares + HAC": _least_squares(make),
        "Hamed–Rao": _package(make, "hamed_rao_modification_test"),
        "Yue–Wang": _package(make, "yue_wang_modification_test"),
    }
    return Check(
        name=f"trend rejects: {name}", method="trend", nominal=0.05, high=high, trial=_rejects(make), trials=1000,
        short=short, peers=peers, peer_trials=300,
    )  # fmt: skip


def _red(length: int, coefficient: float, shape: str = "gaussian") -> Make:
    return lambda seed: nulls.red_noise(seed, length, coefficient, shape)


def _seasonal(length: int, coefficient: float) -> Make:
    return lambda seed: nulls.red_noise(seed, length, coefficient) + nulls.season(length, 12, 2.0)


def _hidden(length: int, coefficient: float, deviation: float) -> Make:
    """Measure red noise with an error: what is seen of a slow process is often mostly white."""

    def make(seed: int) -> nulls.Floats:
        slow = nulls.red_noise(seed, length, coefficient)
        return slow + deviation * nulls.noise(seed + 1_000_000, length)

    return make


def _sloped(length: int, coefficient: float, slope: float) -> Make:
    return lambda seed: nulls.red_noise(seed, length, coefficient) + slope * np.arange(length)


def _contaminated(length: int, slope: float) -> Make:
    """Move one value in five by 10 to 20 standard deviations, all to the same side."""

    def make(seed: int) -> nulls.Floats:
        source = np.random.default_rng(seed)
        values = source.normal(size=length) + slope * np.arange(length)
        return np.where(source.random(length) < 0.2, values + source.uniform(10, 20, length), values)

    return make


CHECKS: Final = (
    _level("white noise, n 50", _red(50, 0.0), high=0.06),
    _level("white noise, n 100", _red(100, 0.0), high=0.06, short=100),
    _level("AR(1) 0.3, n 100", _red(100, 0.3), high=0.06),
    _level("AR(1) 0.6, n 50", _red(50, 0.6), high=0.06),
    _level("AR(1) 0.6, n 100", _red(100, 0.6), high=0.06, short=100),
    _level("AR(1) 0.6, n 300", _red(300, 0.6), high=0.06),
    _level("AR(1) 0.9, n 100", _red(100, 0.9), high=0.08, short=100),
    _level("AR(1) 0.9, n 300", _red(300, 0.9), high=0.08),
    _level("random walk, n 300", lambda seed: nulls.random_walk(seed, 300), high=0.08, short=60),
    _level("t3 noise, AR(1) 0.6, n 100", _red(100, 0.6, "t3"), high=0.06),
    _level("lognormal noise, AR(1) 0.3, n 100", _red(100, 0.3, "lognormal"), high=0.06),
    _level("Poisson counts (mean 2), n 100", lambda seed: nulls.noise(seed, 100, "poisson"), high=0.06),
    _level("season 12, white noise, n 120", _seasonal(120, 0.0), high=0.06),
    _level("season 12, AR(1) 0.6, n 120", _seasonal(120, 0.6), high=0.075),
    _level("AR(1) 0.9 under white noise, n 300", _hidden(300, 0.9, 2.0), high=0.1),
    _level("random walk under white noise, n 300", _hidden(300, 1.0, 3.0), high=0.12),
    Check(
        name="trend finds: slope 0.015 sd of the series, AR(1) 0.3, n 100", method="trend", nominal=0.85, low=0.82,
        trial=_rejects(_sloped(100, 0.3, 0.015 / np.sqrt(1 - 0.3**2))), trials=1000, short=100,
    ),
    Check(
        name="trend finds: slope 0.015 sd of the innovations, AR(1) 0.3, n 100", method="trend", nominal=0.82, low=0.8,
        trial=_rejects(_sloped(100, 0.3, 0.015)), trials=1000,
    ),
    Check(
        name="trend interval covers: white noise, n 100", method="trend", nominal=0.95, low=0.93, high=0.97,
        trial=_covers(_sloped(100, 0.0, 0.02), 0.02), trials=1000, short=60,
    ),
    Check(
        name="trend interval covers: AR(1) 0.6, n 100", method="trend", nominal=0.95, low=0.93, high=0.97,
        trial=_covers(_sloped(100, 0.6, 0.02), 0.02), trials=1000,
    ),
    Check(
        name="trend interval covers: 20 % outliers, n 100", method="trend", nominal=0.95, low=0.93, high=0.97,
        trial=_covers(_contaminated(100, 0.02), 0.02), trials=1000, short=60,
    ),
)  # fmt: skip
