"""Promises of experiments: A/A tests watched at every user, intervals that cover, splits that are sound."""

from __future__ import annotations

import math
from functools import lru_cache, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    return np.array([always_valid_reach(float(users), 0.95) for users in _looks()])


def _looks() -> NDArray[np.int64]:
    """Count the users at every look: from the eighth of each variant on, one by one."""
    return np.arange(2 * FEWEST_USERS, 2 * _PER_VARIANT + 1)


@lru_cache(maxsize=2)
def _heights(seed: int, shape: str) -> Floats:
    """Give the difference over its standard error after every single user; users go to the variants by turns."""
    users = np.arange(1, _PER_VARIANT + 1)
    values = _values(np.random.default_rng(seed), shape, (2, _PER_VARIANT))
    means = values.cumsum(axis=1) / users
    squared = ((values**2).cumsum(axis=1) / users - means**2) / np.maximum(users - 1, 1)
    first, second = (_looks() + 1) // 2 - 1, _looks() // 2 - 1
    errors = np.maximum(squared[0, first] + squared[1, second], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        heights = np.abs(means[1, second] - means[0, first]) / np.sqrt(errors)
    return np.where(errors > 0, heights, 0.0)


def _watched(seed: int, shape: str) -> float:
    return float((_heights(seed, shape) > _reaches()).any())


@lru_cache
def _student_reaches() -> Floats:
    from scipy.stats import t

    return np.asarray(t.ppf(0.975, _looks() - 2))


def _t_test_watched(seed: int, shape: str) -> float:
    return float((_heights(seed, shape) > _student_reaches()).any())


def _bonferroni_watched(seed: int, shape: str) -> float:
    """Look twenty times, evenly, each time at a twentieth of the error."""
    from scipy.stats import norm

    places = np.linspace(0, len(_looks()) - 1, 21).astype(int)[1:]
    return float((_heights(seed, shape)[places] > norm.ppf(1 - 0.025 / 20)).any())


def _experiment(seed: int, truth: float) -> pd.DataFrame:
    """Make a sound experiment of 2,000 users; every metric of the second variant is raised by `truth`."""
    source = np.random.default_rng(seed)
    treated = np.repeat(["a", "b"], 1000)
    before = source.lognormal(0, 0.5, 2000)
    size = source.poisson(3, 2000) + 1.0
    frame = pd.DataFrame({"variant": treated, "before": before, "size": size})
    gain = np.where(treated == "b", truth, 0.0)
    frame["mean"] = before * source.lognormal(0, 0.5, 2000) + gain
    frame["share"] = (source.random(2000) < 0.03 + gain).astype(float)
    frame["total"] = size * (source.beta(2, 8, 2000) + gain)
    return frame


def _covers(seed: int, metric: Metric, truth: float, method: str) -> float:
    """Look once, at the planned end."""
    found = compare_variants(
        _experiment(seed, truth), metric=metric, control="a", method=method, planned_users=2000
    ).frame.iloc[1]
    return float(found["low"] <= truth <= found["high"])


def _watched_covers(seed: int, truth: float) -> float:
    """Watch every 100 users and keep the interval only if it held the truth at every look."""
    made = _experiment(seed, truth)[["variant", "mean"]]
    order = np.random.default_rng(seed + 10**6).permutation(len(made))
    held = True
    for users in range(100, 2001, 100):
        row = compare_variants(made.iloc[order[:users]], metric="mean", control="a").frame.iloc[1]
        held = held and bool(row["low"] <= truth <= row["high"])
    return float(held)


def _wald_covers(seed: int, truth: float) -> float:
    from statsmodels.stats.proportion import confint_proportions_2indep

    hits = _experiment(seed, truth).groupby("variant")["share"].sum()
    low, high = confint_proportions_2indep(hits["b"], 1000, hits["a"], 1000, method="wald", compare="diff")
    return float(low <= truth <= high)


def _family(seed: int) -> pd.DataFrame:
    """Make ten metrics that go together, and two variants that do not differ."""
    source = np.random.default_rng(seed)
    shared = source.normal(size=(400, 1))
    metrics = pd.DataFrame(0.6 * shared + 0.8 * source.normal(size=(400, 10))).rename(columns=str)
    return metrics.assign(variant=["a", "b"] * 200)


def _family_finds(seed: int) -> float:
    names = [str(place) for place in range(10)]
    found = compare_variants(_family(seed), metric=names, control="a", method="fixed", planned_users=400)
    return float(found.frame["significant"].fillna(value=False).any())


def _each_test_finds(seed: int) -> float:
    from scipy.stats import ttest_ind

    made = _family(seed)
    first, second = (made.loc[made["variant"] == name].drop(columns="variant") for name in ("a", "b"))
    return float((ttest_ind(first, second, equal_var=False).pvalue < 0.05).any())


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
        name=f"A/A test, {shape}, a look after every user up to {2 * _PER_VARIANT:,}",
        method="compare_variants",
        nominal=0.05, high=0.055, trials=2000, short=100, trial=partial(_watched, shape=shape),
        peers={
            "scipy t-test at every look": partial(_t_test_watched, shape=shape),
            "t-test, 20 looks, Bonferroni": partial(_bonferroni_watched, shape=shape),
        },
    )
    for shape in _SHAPES
)  # fmt: skip

_COVERED = tuple(
    Check(
        name=f"interval of {words} covers the truth, one look", method="compare_variants", nominal=0.95, low=0.94,
        high=0.96, trials=1000, short=short, trial=partial(_covers, metric=metric, truth=truth, method="fixed"),
        peers={"statsmodels Wald": partial(_wald_covers, truth=truth)} if metric.kind == "proportion" else {},
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
        name="always-valid interval of a lognormal mean holds the truth at all of 20 looks", method="compare_variants",
        nominal=0.95, low=0.95, trials=300, trial=partial(_watched_covers, truth=0.2),
    ),
    Check(
        name="any finding among 10 metrics that do not differ (Holm)", method="compare_variants", nominal=0.05,
        high=0.055, trials=500, trial=_family_finds, peers={"scipy t-test of each": _each_test_finds},
    ),
    Check(
        name="sound 50/50 split watched every 25 users, evidence of 20 or more", method="check_split", nominal=0.05,
        high=0.055, trials=1000, short=20, trial=_split_watched,
        peers={"chi-square at every look": _chi_square_watched},
    ),
)  # fmt: skip
