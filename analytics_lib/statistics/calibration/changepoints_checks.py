"""Promises of changepoints: none in red, heavy-tailed or trending noise without a change, and true changes found."""

from __future__ import annotations

from functools import partial

import numpy as np

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.calibration.checks import Check
from analytics_lib.statistics.calibration.nulls import Floats
from analytics_lib.statistics.changepoints import changepoints

_LENGTH = 500


def _alarm(values: Floats) -> float:
    return float(len(changepoints(nulls.daily(values)).frame) > 0)


def _red(seed: int, phi: float, shape: str = "gaussian") -> float:
    return _alarm(nulls.red_noise(seed, _LENGTH, phi, shape))


def _counted(seed: int, mean: float) -> float:
    return _alarm(np.random.default_rng(seed).poisson(mean, _LENGTH).astype(float))


def _trending(seed: int, phi: float) -> float:
    return _alarm(nulls.red_noise(seed, _LENGTH, phi) + 0.02 * np.arange(_LENGTH))


def _seasonal(seed: int) -> float:
    values = nulls.red_noise(seed, 960, 0.5) + nulls.season(960, 24, 3.0)
    return float(len(changepoints(nulls.hourly(values)).frame) > 0)


def _wander_under_noise(seed: int) -> float:
    """Slow red noise seen through white noise, which no AR(1) describes."""
    return _alarm(nulls.red_noise(seed, _LENGTH, 0.9) + 3 * nulls.noise(seed + 10**6, _LENGTH))


def _ruptures(seed: int, phi: float) -> float:
    """Search with the usual recipe: PELT on z-scores, penalty 3 log n."""
    import ruptures

    values = nulls.red_noise(seed, _LENGTH, phi)
    scaled = (values - values.mean()) / values.std()
    return float(len(ruptures.KernelCPD(kernel="linear").fit(scaled).predict(pen=3 * np.log(_LENGTH))) > 1)


def _found(seed: int, size: float) -> float:
    values = nulls.red_noise(seed, 300, 0.3) + size * (np.arange(300) >= 180)
    found = changepoints(nulls.daily(values)).frame
    places = (found["time"] - nulls.daily(values).index[0]).dt.days
    return float(((found["kind"] == "mean") & (places - 180).abs().le(5)).any())


def _null(name: str, trial: partial[float], *, short: int = 0, peer: partial[float] | None = None) -> Check:
    return Check(
        name=f"{name}, n {_LENGTH}", method="changepoints", nominal=0.05, high=0.1, trials=300, short=short,
        trial=trial, peers={"ruptures (3 log n)": peer} if peer else {},
    )  # fmt: skip


CHECKS = (
    *(
        _null(f"no change in AR(1) {phi:g}", partial(_red, phi=phi), short=short, peer=partial(_ruptures, phi=phi))
        for phi, short in ((0.0, 0), (0.3, 0), (0.6, 20), (0.9, 30))
    ),
    _null("no change in heavy-tailed noise (t3)", partial(_red, phi=0.0, shape="t3")),
    _null("no change in lognormal AR(1) 0.6", partial(_red, phi=0.6, shape="lognormal"), short=20),
    _null("no change in Poisson counts (mean 2)", partial(_red, phi=0.0, shape="poisson")),
    *(
        _null(f"no change in rare Poisson counts (mean {mean:g})", partial(_counted, mean=mean))
        for mean in (0.05, 0.1, 0.2, 0.5)
    ),
    _null("no change in a linear trend with AR(1) 0.6", partial(_trending, phi=0.6), short=20),
    _null("no change in red noise under white noise", partial(_wander_under_noise)),
    Check(
        name="no change in hourly AR(1) 0.5 with a day, n 960", method="changepoints", nominal=0.05, high=0.1,
        trials=200, trial=_seasonal,
    ),
    Check(
        name="a shift of 2 in AR(1) 0.3, n 300, is found within 5 steps", method="changepoints", nominal=0.9, low=0.9,
        trials=200, short=10, trial=partial(_found, size=2.0),
    ),
)  # fmt: skip
