"""Promises of forecasts: intervals that hold the truth on noise, seasons, counts, trends and random walks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.calibration.checks import Check
from analytics_lib.statistics.calibration.nulls import Floats
from analytics_lib.statistics.forecast import forecast

_LENGTH = 480
_HORIZON = 24


def _red(seed: int) -> Floats:
    return nulls.red_noise(seed, _LENGTH, 0.6) + 20


def _walk(seed: int) -> Floats:
    return nulls.random_walk(seed, _LENGTH)


def _seasonal(seed: int) -> Floats:
    return nulls.red_noise(seed, _LENGTH, 0.5) + nulls.season(_LENGTH, 24, 4.0) + 30


def _counts(seed: int) -> Floats:
    expected = 20 + nulls.season(_LENGTH, 24, 12.0)
    return np.random.default_rng(seed).poisson(expected).astype(float)


def _rising(seed: int) -> Floats:
    return 0.05 * np.arange(_LENGTH) + nulls.red_noise(seed, _LENGTH, 0.3)


def _heavy(seed: int) -> Floats:
    return nulls.noise(seed, _LENGTH, "t3") + 10


def _covers(seed: int, made: Callable[[int], Floats]) -> float:
    series = nulls.hourly(made(seed))
    ahead = forecast(series.iloc[:-_HORIZON], horizon=_HORIZON).frame
    truth = series.iloc[-_HORIZON:].to_numpy()
    return float(((truth >= ahead["low"]) & (truth <= ahead["high"])).mean())


def _smoothing_covers(seed: int, made: Callable[[int], Floats]) -> float:
    """Measure the usual recipe: exponential smoothing of statsmodels with its model-based interval."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = pd.Series(made(seed))
    known, truth = series.iloc[:-_HORIZON], series.iloc[-_HORIZON:].to_numpy()
    fitted = ETSModel(known, error="add", seasonal="add", seasonal_periods=24).fit(disp=False)
    ahead = fitted.get_prediction(start=len(known), end=len(series) - 1).summary_frame(alpha=0.05)
    return float(((truth >= ahead["pi_lower"]) & (truth <= ahead["pi_upper"])).mean())


CHECKS = tuple(
    Check(
        name=f"95 % interval, {_HORIZON} steps ahead, {words}", method="forecast", nominal=0.95, low=0.93, high=0.97,
        trials=200, short=short, trial=partial(_covers, made=made), peer_trials=20,
        peers={"statsmodels ETS": partial(_smoothing_covers, made=made)} if made in (_seasonal, _counts) else {},
    )
    for words, made, short in (
        ("AR(1) 0.6", _red, 0), ("a random walk", _walk, 0), ("a day in AR(1) 0.5", _seasonal, 15),
        ("seasonal Poisson counts", _counts, 0), ("a rising line in AR(1) 0.3", _rising, 0),
        ("heavy-tailed noise (t3)", _heavy, 0),
    )
)  # fmt: skip
