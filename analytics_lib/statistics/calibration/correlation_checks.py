"""What :func:`~analytics_lib.statistics.correlation.correlation` promises of unrelated series and of intervals."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.calibration.checks import Check
from analytics_lib.statistics.calibration.nulls import Floats
from analytics_lib.statistics.correlation import correlation

_LENGTH = 200
_RELATED = 0.5


def _red(seed: int, phi: float) -> Floats:
    return nulls.red_noise(seed, _LENGTH, phi)


def _walk(seed: int) -> Floats:
    return nulls.random_walk(seed, _LENGTH)


def _two(seed: int, make: Callable[[int], Floats]) -> tuple[Floats, Floats]:
    return make(seed), make(seed + 10**6)


def _relates(seed: int, make: Callable[[int], Floats]) -> float:
    one, other = _two(seed, make)
    times = pd.date_range("2024-01-01", periods=_LENGTH, freq="h", tz="UTC")
    found = correlation(pd.DataFrame({"time": times, "one": one, "other": other}))
    return float(found.p_value < 0.05)


def _pearsonr_relates(seed: int, make: Callable[[int], Floats]) -> float:
    from scipy.stats import pearsonr

    return float(pearsonr(*_two(seed, make)).pvalue < 0.05)


def _covers(seed: int, method: str) -> float:
    """Draw 50 pairs from a bivariate normal distribution with correlation 0.5."""
    source = np.random.default_rng(seed)
    one, left = source.normal(size=(2, 50))
    pairs = pd.DataFrame({"one": one, "other": _RELATED * one + np.sqrt(1 - _RELATED**2) * left})
    truth = _RELATED if method == "pearson" else 6 / np.pi * np.arcsin(_RELATED / 2)
    found = correlation(pairs, method=method)
    return float(found.low <= truth <= found.high)


CHECKS = (
    *(
        Check(
            name=f"two unrelated series look related: {words}, n {_LENGTH}", method="correlation", nominal=0.05,
            high=high, trial=partial(_relates, make=make), trials=1000, short=short,
            peers={"scipy pearsonr": partial(_pearsonr_relates, make=make)},
        )
        for words, make, high, short in (
            ("white noise", partial(_red, phi=0.0), 0.075, 0),
            ("AR(1) 0.6", partial(_red, phi=0.6), 0.075, 50),
            ("AR(1) 0.9", partial(_red, phi=0.9), 0.12, 0),
            ("random walks", _walk, 0.12, 50),
        )
    ),
    *(
        Check(
            name=f"{method} interval covers a correlation of 0.5, n 50", method="correlation", nominal=0.95, low=0.93,
            high=0.97, trials=1000, trial=partial(_covers, method=method),
        )
        for method in ("pearson", "spearman")
    ),
)  # fmt: skip
