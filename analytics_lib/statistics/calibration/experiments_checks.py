"""Promises of experiments: A/A tests watched at every user, intervals that cover, splits that are sound."""

from __future__ import annotations

import math
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from analytics_lib.statistics.calibration.checks import Check
from analytics_lib.statistics.calibration.nulls import Floats
from analytics_lib.statistics.compare import compare_variants
from analytics_lib.statistics.intervals import FEWEST_USERS, always_valid_reach
from analytics_lib.statistics.split import log_e_value
from analytics_lib.statistics.variants import Metric

_PER_VARIANT = 10_000
_SHAPES = ("normal", "lognormal (sigma 1.5)", "Bernoulli 2 %")


def _values(source: np.random.Generator, shape: str, size: int | tuple[int, ...]) -> Floats:
    if shape == "normal":
        return source.normal(size=size)
    if shape.startswith("lognormal"):
        return source.lognormal(sigma=1.5, size=size)
    return (source.random(size) < 0.02).astype(float)


@lru_cache
def _reaches() -> Floats:
    looks = range(FEWEST_USERS, _PER_VARIANT + 1)
    return np.array([always_valid_reach(2 * users, 0.95) for users in looks])


def _heights(seed: int, shape: str) -> Floats:
    """Give the difference over its standard error after every pair of users from the eighth on."""
    users = np.arange(1, _PER_VARIANT + 1)
    values = _values(np.random.default_rng(seed), shape, (2, _PER_VARIANT))
    means = values.cumsum(axis=1) / users
    spread = (values**2).cumsum(axis=1) / users - means**2
    with np.errstate(invalid="ignore", divide="ignore"):
        squared = (np.maximum(spread, 0.0) / np.maximum(users - 1, 1)).sum(axis=0)
        heights = np.abs(means[1] - means[0]) / np.sqrt(squared)
    return np.where(squared > 0, heights, 0.0)[FEWEST_USERS - 1 :]


def _watched(seed: int, shape: str) -> float:
    return float((_heights(seed, shape) > _reaches()).any())


def _t_test_watched(seed: int, shape: str) -> float:
    from scipy.stats import t

    users = np.arange(FEWEST_USERS, _PER_VARIANT + 1)
    return float((_heights(seed, shape) > t.ppf(0.975, 2 * users - 2)).any())


def _covers(seed: int, metric: Metric, truth: float, method: str) -> float:
    """Look once at a sound experiment of 2,000 users whose true difference is known."""
    source = np.random.default_rng(seed)
    treated = np.repeat(["a", "b"], 1000)
    before = source.lognormal(0, 0.5, 2000)
    size = source.poisson(3, 2000) + 1.0
    frame = pd.DataFrame({"variant": treated, "before": before, "size": size})
    gain = np.where(treated == "b", truth, 0.0)
    frame["mean"] = before * source.lognormal(0, 0.5, 2000) + gain
    frame["share"] = (source.random(2000) < 0.03 + gain).astype(float)
    frame["total"] = size * (source.beta(2, 8, 2000) + gain)
    row = compare_variants(frame, metric=metric, control="a", method=method, planned_users=2000).frame.iloc[1]
    return float(row["low"] <= truth <= row["high"])


def _split_watched(seed: int) -> float:
    """Look at a sound 50/50 split after every 25 users, up to 20,000."""
    firsts = np.cumsum(np.random.default_rng(seed).binomial(25, 0.5, 800)).astype(float)
    looks = np.column_stack([firsts, 25.0 * np.arange(1, 801) - firsts])
    return float((log_e_value(looks, np.array([0.5, 0.5])) >= math.log(20)).any())


def _chi_square_watched(seed: int) -> float:
    from scipy.special import chdtri

    firsts = np.cumsum(np.random.default_rng(seed).binomial(25, 0.5, 800))
    totals = 25.0 * np.arange(1, 801)
    return float(((2 * firsts - totals) ** 2 / totals > chdtri(1, 0.05)).any())


_WATCHED = tuple(
    Check(
        name=f"A/A test, {shape}, a look after every pair of users up to {2 * _PER_VARIANT:,}",
        method="compare_variants",
        nominal=0.05, high=0.055, trials=2000, short=100, trial=partial(_watched, shape=shape),
        peers={"scipy t-test at every look": partial(_t_test_watched, shape=shape)},
    )
    for shape in _SHAPES
)  # fmt: skip

_COVERED = tuple(
    Check(
        name=f"interval of {words} covers the truth, one look", method="compare_variants", nominal=0.95, low=0.94,
        high=0.96, trials=1500, short=short, trial=partial(_covers, metric=metric, truth=truth, method="fixed"),
    )
    for words, metric, truth, short in (
        ("a lognormal mean", Metric("mean"), 0.2, 0),
        ("a lognormal mean adjusted by CUPED", Metric("mean", covariate="before"), 0.2, 100),
        ("a share of 3 %", Metric("share", kind="proportion"), 0.01, 0),
        ("a ratio", Metric("total", denominator="size"), 0.01, 0),
        ("a p90", Metric("mean", quantile=0.9), 0.2, 0),
    )
)  # fmt: skip

CHECKS = (
    *_WATCHED,
    *_COVERED,
    Check(
        name="sound 50/50 split watched every 25 users, evidence of 20 or more", method="check_split", nominal=0.05,
        high=0.055, trials=1000, short=20, trial=_split_watched,
        peers={"chi-square at every look": _chi_square_watched},
    ),
)  # fmt: skip
