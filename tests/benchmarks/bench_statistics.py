"""A report on hourly series, part by part, beside the programs that do the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.decomposition import decompose, split
from analytics_lib.statistics.seasonality import seasonality
from analytics_lib.statistics.summary import summary
from analytics_lib.statistics.trend import trend
from tests.benchmarks.timing import Measurement, compare, seconds_of

LENGTH = 960


def measure(scale: str) -> Iterator[Measurement]:
    """Time each part over many series of forty days, then all parts together."""
    series = [_made(seed) for seed in range(20 if scale == "small" else 200)]
    size = f"{len(series)} hourly series of {LENGTH}"
    yield from compare(
        f"summary, {size}", _each(summary, series), {"pandas describe": _each(pd.Series.describe, series)}
    )
    yield from compare(f"trend, {size}", _each(trend, series), {"OLS + HAC": _each(_least_squares, series)})
    yield from compare(f"periods, {size}", _each(seasonality, series), {"ACF (statsmodels)": _each(_acf, series)})
    yield from compare(
        f"decomposition (24, 168), {size}", _each(_ours, series), {"MSTL (statsmodels)": _each(_mstl, series)},
        repeats=1, same=lambda ours, theirs: np.allclose(ours, theirs, atol=1e-6),
    )  # fmt: skip
    yield _report(series, size)


def _made(seed: int) -> pd.Series[float]:
    level = 50 + nulls.red_noise(seed, LENGTH, 0.5)
    return nulls.hourly(level + nulls.season(LENGTH, 24, 5.0) + nulls.season(LENGTH, 168, 3.0))


def _each(work: Callable[[Any], Any], series: list[pd.Series[float]]) -> Callable[[], Any]:
    return lambda: [work(one) for one in series][-1]


def _least_squares(series: pd.Series[float]) -> Any:
    from statsmodels.api import OLS, add_constant

    return OLS(series.to_numpy(), add_constant(np.arange(len(series)))).fit(cov_type="HAC", cov_kwds={"maxlags": 10})


def _acf(series: pd.Series[float]) -> Any:
    from statsmodels.tsa.stattools import acf

    return acf(series.to_numpy(), nlags=200)


def _ours(series: pd.Series[float]) -> Any:
    return split(series.to_numpy(), (24, 168))[0]


def _mstl(series: pd.Series[float]) -> Any:
    from statsmodels.tsa.seasonal import MSTL

    how = {"seasonal_deg": 0, "inner_iter": 2, "outer_iter": 0}
    return MSTL(series.to_numpy(), periods=(24, 168), stl_kwargs=how).fit().trend


def _report(series: list[pd.Series[float]], size: str) -> Measurement:
    """Time everything a reader of one series may ask for, against the sum of the usual programs (0.89 s a series)."""
    parts: dict[str, Callable[[Any], Any]] = {"summary": summary, "trend": trend, "seasonality": seasonality,
                                              "decompose": decompose}  # fmt: skip
    for name in ("anomalies", "changepoints", "forecast"):
        try:
            part = getattr(import_module(f"analytics_lib.statistics.{name}"), name)
        except ImportError:
            continue
        parts[name] = (lambda one, part=part: part(one, horizon=48)) if name == "forecast" else part
    spent = {name: seconds_of(_each(part, series))[0] for name, part in parts.items()}
    note = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())
    return Measurement(f"full report, {size}", sum(spent.values()), "usual programs", 0.89 * len(series), note)
