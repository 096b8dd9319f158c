"""What :func:`~analytics_lib.statistics.anomalies.anomalies` promises: flags of ordinary points, spikes found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from analytics_lib.statistics.anomalies import AnomaliesResult, anomalies
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.calibration.checks import Check, Trial

if TYPE_CHECKING:
    import pandas as pd

Make = Callable[[int], "pd.Series[float]"]
Draw = Callable[[np.random.Generator, int], nulls.Floats]

_SPIKES: Final = 4
_WEEK: Final = np.array([0.0, 0.3, 0.5, 0.2, -0.1, -2.0, -1.6])


def _share(result: AnomaliesResult) -> float:
    return float(result.frame.is_anomaly.fillna(value=False).mean())


def _flags(make: Make, method: str = "calibrated") -> Trial:
    return lambda seed: _share(anomalies(make(seed), method=method))


def _finds(make: Make, spikes: int) -> Trial:
    """Add five standard deviations to some points, and give the share of them that is found."""

    def trial(seed: int) -> float:
        values = make(seed)
        places = np.random.default_rng(seed + 1_000_000).choice(len(values), spikes, replace=False)
        spiked = values.copy()
        spiked.iloc[places] += 5.0 * float(np.std(values))
        return float(anomalies(spiked).frame.is_anomaly.fillna(value=False).to_numpy()[places].mean())

    return trial


def _decomposed(make: Make, period: int) -> Trial:
    """Flag what lies beyond 3.29 robust standard deviations of the remainder of a robust STL."""

    def trial(seed: int) -> float:
        from statsmodels.tsa.seasonal import STL

        rest = np.asarray(STL(make(seed).to_numpy(), period=period, robust=True).fit().resid)
        away = np.abs(rest - np.median(rest))
        return float(np.mean(away > 3.2905 * 1.4826 * np.median(away)))

    return trial


def _drawn(length: int, draw: Draw) -> Make:
    return lambda seed: nulls.hourly(np.asarray(draw(np.random.default_rng(seed), length), dtype=float))


def _noise(length: int, shape: str) -> Make:
    return lambda seed: nulls.hourly(nulls.noise(seed, length, shape))


def _red(length: int, coefficient: float) -> Make:
    return lambda seed: nulls.hourly(nulls.red_noise(seed, length, coefficient))


def _daily_season(length: int) -> Make:
    return lambda seed: nulls.hourly(nulls.noise(seed, length) + nulls.season(length, 24, 3.0))


def _two_seasons(length: int) -> Make:
    days = np.arange(length) // 24 % 7
    return lambda seed: nulls.hourly(nulls.noise(seed, length) + nulls.season(length, 24, 3.0) + 2 * _WEEK[days])


def _weeks(length: int, shape: str = "gaussian") -> Make:
    return lambda seed: nulls.daily(nulls.noise(seed, length, shape) + 3 * _WEEK[np.arange(length) % 7])


def _weekly_counts(length: int, mean: float) -> Make:
    means = mean * np.exp(0.3 * _WEEK[np.arange(length) % 7])
    return lambda seed: nulls.daily(np.random.default_rng(seed).poisson(means).astype(float))


def _level(
    name: str, make: Make, *, low: float = 0.0005, trials: int = 100, short: int = 0, period: int | None = None,
    method: str = "calibrated",
) -> Check:  # fmt: skip
    """Promise one flag in a thousand; on counts that can't attain half of it, nothing is asked of the lower end."""
    return Check(
        name=f"anomalies flag: {name}", method="anomalies", nominal=0.001, low=low, high=0.002, exception=low == 0.0,
        trial=_flags(make, method), trials=trials, short=short, peer_trials=20,
        peers={"robust STL + MAD": _decomposed(make, period)} if period else {},
    )  # fmt: skip


def _power(name: str, make: Make, *, spikes: int = _SPIKES, trials: int = 60) -> Check:
    return Check(
        name=f"anomalies find: 5 sigma in {name}", method="anomalies", nominal=0.95, low=0.9,
        trial=_finds(make, spikes), trials=trials,
    )  # fmt: skip


def _poisson(mean: float) -> Draw:
    return lambda source, length: source.poisson(mean, length).astype(float)


def _negative_binomial(mean: float, size: float) -> Draw:
    return lambda source, length: source.negative_binomial(size, size / (size + mean), length).astype(float)


CHECKS: Final = (
    *(_level(f"{name}, n 75", _noise(75, shape), trials=500)
      for name, shape in (("Gaussian", "gaussian"), ("Student t3", "t3"), ("lognormal", "lognormal"),
                          ("exponential", "exponential"))),
    _level("Gaussian, n 100", _noise(100, "gaussian"), trials=400),
    _level("lognormal, n 100", _noise(100, "lognormal"), trials=400),
    _level("Gaussian, n 200", _noise(200, "gaussian"), trials=300),
    _level("Gaussian, n 672", _noise(672, "gaussian"), short=20),
    _level("Gaussian, n 2,000", _noise(2000, "gaussian"), trials=50),
    _level("Student t3, n 200", _noise(200, "t3"), trials=300),
    _level("Student t3, n 672", _noise(672, "t3"), short=20),
    _level("lognormal, n 200", _noise(200, "lognormal"), trials=300),
    _level("lognormal, n 672", _noise(672, "lognormal")),
    _level("exponential, n 672", _noise(672, "exponential")),
    _level("Laplace, n 200", _drawn(200, lambda source, length: source.laplace(size=length)), trials=300),
    _level("exponential, n 200", _noise(200, "exponential"), trials=300),
    _level("Laplace, n 672", _drawn(672, lambda source, length: source.laplace(size=length))),
    _level("uniform, n 672 (no value is out of line)", _drawn(672, lambda source, length: source.uniform(size=length)),
           low=0.0),
    _level("Poisson 0.1, n 672 (attainable: 0.0002)", _drawn(672, _poisson(0.1)), low=0.0),
    _level("Poisson 0.5, n 672", _drawn(672, _poisson(0.5)), low=0.0),
    _level("Poisson 2, n 672", _drawn(672, _poisson(2)), short=20),
    _level("Poisson 10, n 672", _drawn(672, _poisson(10))),
    _level("Poisson 100, n 672", _drawn(672, _poisson(100))),
    _level("negative binomial 5 (size 2), n 672", _drawn(672, _negative_binomial(5, 2))),
    _level("negative binomial 50 (size 5), n 672", _drawn(672, _negative_binomial(50, 5))),
    _level("AR(1) 0.3, n 672", _red(672, 0.3)),
    _level("AR(1) 0.6, n 672", _red(672, 0.6)),
    _level("AR(1) 0.8, n 672", _red(672, 0.8), short=20),
    _level("AR(1) 0.8, n 336 (two weeks, days differ)", _red(336, 0.8), trials=200),
    _level("season 24, n 672", _daily_season(672), period=24, short=20),
    _level("seasons 24 and 168, n 1,344", _two_seasons(1344), trials=60, period=168),
    _level("seasons 24 and 168, n 504", _two_seasons(504), trials=120, period=168),
    _level("seasons 24 and 168, n 336", _two_seasons(336), trials=120),
    _level("season 7, n 200", _weeks(200), trials=300, period=7),
    _level("season 7, n 730", _weeks(730), period=7),
    _level("season 7, Student t3, n 730", _weeks(730, "t3"), period=7),
    _level("weekly counts, mean 3, n 365", _weekly_counts(365, 3.0)),
    _level("weekly counts, mean 3, n 365, same weekday", _weekly_counts(365, 3.0), method="same_weekday", short=10),
    _power("Gaussian noise, n 672", _noise(672, "gaussian")),
    _power("Gaussian noise, n 200, alone", _noise(200, "gaussian"), spikes=1, trials=400),
    _power("Gaussian noise, n 336, alone", _noise(336, "gaussian"), spikes=1, trials=200),
    _power("Gaussian noise, n 336", _noise(336, "gaussian"), trials=150),
    _power("Gaussian noise, n 500, ten of them", _noise(500, "gaussian"), spikes=10, trials=80),
    _power("Gaussian noise, n 1,000, ten of them", _noise(1000, "gaussian"), spikes=10),
    _power("AR(1) 0.6, n 672", _red(672, 0.6)),
    _power("uniform noise, n 672", _drawn(672, lambda source, length: source.uniform(size=length))),
    _power("Poisson 100, n 672", _drawn(672, _poisson(100))),
    _power("a season of 24, n 672", _daily_season(672)),
)  # fmt: skip
