"""Made data in which nothing happens: what every test is simulated on. One seed, one data set, on every machine."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

SHAPES = ("gaussian", "t3", "lognormal", "exponential", "poisson")
_MEANS = {"lognormal": float(np.exp(0.5)), "exponential": 1.0, "poisson": 2.0}


def noise(seed: int, length: int, shape: str = "gaussian") -> Floats:
    """Make independent values: ``gaussian``, ``t3``, ``lognormal`` (sigma 1), ``exponential`` or ``poisson`` (mean 2).

    Examples
    --------
    >>> noise(1, 3, "poisson")
    array([2., 2., 3.])
    """
    source = np.random.default_rng(seed)
    if shape == "t3":
        return source.standard_t(3, length)
    if shape == "lognormal":
        return source.lognormal(size=length)
    if shape == "exponential":
        return source.exponential(size=length)
    return source.poisson(2, length).astype(float) if shape == "poisson" else source.normal(size=length)


def red_noise(seed: int, length: int, phi: float, shape: str = "gaussian") -> Floats:
    """Make a stationary AR(1): each value is `phi` times the one before plus noise; the noise has variance 1."""
    from scipy.signal import lfilter

    warm = int(np.ceil(np.log(1e-6) / np.log(phi))) if 0 < phi < 1 else 0
    steps = noise(seed, length + warm, shape) - _MEANS.get(shape, 0.0)
    return np.asarray(lfilter([1.0], [1.0, -phi], steps))[warm:]


def random_walk(seed: int, length: int) -> Floats:
    """Make a random walk with Gaussian steps."""
    return np.cumsum(noise(seed, length))


def season(length: int, period: int, amplitude: float = 1.0) -> Floats:
    """Make a sine of the given period (in steps)."""
    return amplitude * np.sin(2 * np.pi * np.arange(length) / period)


def hourly(values: Floats, start: str = "2024-01-01") -> pd.Series[float]:
    """Put values on an hourly UTC index."""
    return pd.Series(values, index=pd.date_range(start, periods=len(values), freq="h", tz="UTC"))


def daily(values: Floats, start: str = "2024-01-01") -> pd.Series[float]:
    """Put values on a daily UTC index."""
    return pd.Series(values, index=pd.date_range(start, periods=len(values), freq="D", tz="UTC"))
