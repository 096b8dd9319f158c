"""A report on hourly series, part by part, beside the programs that do the same."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from analytics_lib.statistics.anomalies import anomalies
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.changepoints import changepoints
from analytics_lib.statistics.decomposition import decompose, split
from analytics_lib.statistics.forecast import forecast
from analytics_lib.statistics.seasonality import seasonality
from analytics_lib.statistics.summary import summary
from analytics_lib.statistics.trend import trend
from tests.benchmarks.timing import Measurement, compare, seconds_of

LENGTH = 960


def measure(scale: str) -> Iterator[Measurement]:
    """Time each part over many series of forty days, then all parts together."""
    series = [_made(seed) for seed in range(10 if scale == "small" else 50)]
    size = f"{len(series)} hourly series of {LENGTH}"
    for part, ours, peers in (
        ("summary", summary, {"pandas describe": pd.Series.describe}),
        ("trend", trend, {"OLS + HAC (statsmodels)": _least_squares, "Hamed–Rao (pymannkendall)": _hamed_rao}),
        ("periods", seasonality, {"ACF (statsmodels)": _acf}),
        ("anomalies", anomalies, {"robust STL + MAD (statsmodels)": _robust_residuals}),
        ("changepoints", changepoints, {"KernelCPD (ruptures)": _kernel, "Pelt (ruptures)": _pelt}),
        ("forecast, 48 ahead", _ahead, {"ETS (statsmodels)": _ets}),
    ):
        lines = list(_part(f"{part}, {size}", ours, peers, series))
        yield from lines
    yield from _apart(lines[0].task, lines[0].ours_seconds, series)  # the forecast again
    yield from compare(
        f"decomposition (24, 168), {size}", _each(_ours, series), {"MSTL (statsmodels)": _each(_mstl, series)},
        repeats=1, same=lambda ours, theirs: np.allclose(ours, theirs, atol=1e-6),
    )  # fmt: skip
    yield _report(series, size)
    if scale == "full":
        yield from _ten_years()


def _ten_years() -> Iterator[Measurement]:
    """Ask every part about ten years of minutes, and say how much memory the largest took."""
    length = 10 * 526_032
    minutes = pd.date_range("2014-01-01", periods=length, freq="min", tz="UTC")
    values = 100 + nulls.season(length, 1440, 10.0) + nulls.season(length, 10_080, 5.0) + nulls.noise(1, length)
    series = pd.Series(values, index=minutes)
    for part in (summary, trend, seasonality, _ahead, changepoints, decompose, anomalies):
        spent = seconds_of(lambda part=part: part(series))[0]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        name = part.__name__.strip("_")
        yield Measurement(f"{name}, ten years of minutes", spent, "none", None, f"at most {peak:,} MB up to here")


def _part(
    task: str, ours: Callable[[Any], Any], peers: dict[str, Callable[[Any], Any]], series: list[pd.Series[float]]
) -> Iterator[Measurement]:
    """Time ours and each peer; slow peers on the first few series only, the seconds scaled up and said so."""
    ours(series[0])  # what is loaded and built once is not the method's time
    spent = seconds_of(_each(ours, series))[0]
    for name, peer in peers.items():
        try:
            once = seconds_of(lambda peer=peer: peer(series[0]))[0]
            once = min(once, seconds_of(lambda peer=peer: peer(series[0]))[0])
        except ImportError as missing:
            yield Measurement(task, spent, name, None, f"not installed: {missing.name}")
            continue
        few = series if once < 0.2 else series[:3]
        took = seconds_of(_each(peer, few))[0] * len(series) / len(few)
        yield Measurement(task, spent, name, took, "" if few is series else f"scaled up from {len(few)} series")


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


def _hamed_rao(series: pd.Series[float]) -> Any:
    from pymannkendall import hamed_rao_modification_test

    return hamed_rao_modification_test(series.to_numpy())


def _robust_residuals(series: pd.Series[float]) -> Any:
    from statsmodels.tsa.seasonal import STL

    left = STL(series.to_numpy(), period=24, robust=True).fit().resid
    apart = np.abs(left - np.median(left))
    return apart > 3.5 * 1.4826 * np.median(apart)


def _kernel(series: pd.Series[float]) -> Any:
    import ruptures

    return ruptures.KernelCPD(kernel="linear").fit(_scaled(series)).predict(pen=3 * np.log(LENGTH))


def _pelt(series: pd.Series[float]) -> Any:
    import ruptures

    return ruptures.Pelt(model="l2", jump=1).fit(_scaled(series)).predict(pen=3 * np.log(LENGTH))


def _scaled(series: pd.Series[float]) -> Any:
    values = series.to_numpy()
    return (values - values.mean()) / values.std()


def _ahead(series: pd.Series[float]) -> Any:
    return forecast(series, horizon=48)


def _apart(task: str, spent: float, series: list[pd.Series[float]]) -> Iterator[Measurement]:
    """Time the peers that live in an environment of their own, because they pin an older pandas."""
    python = Path(os.environ.get("BENCH_PEERS") or Path(sys.prefix) / "peers" / "bin" / "python")
    for name, peer, count in (
        ("MSTL", "mstl", 3), ("AutoETS", "auto_ets", 3), ("SeasonalNaive", "seasonal_naive", len(series)),
    ):  # fmt: skip
        with TemporaryDirectory() as folder:
            path = Path(folder) / "series.npy"
            np.save(path, np.array([one.to_numpy() for one in series[:count]]))
            script = Path(__file__).with_name("peers_apart.py")
            try:
                ran = subprocess.run([python, script, peer, path], capture_output=True, check=True, timeout=300)
            except (OSError, subprocess.SubprocessError) as problem:
                yield Measurement(task, spent, f"{name} (statsforecast)", None, f"did not run: {problem}")
                continue
        answer = json.loads(ran.stdout)
        note = f"statsforecast {answer['version']}, first run not counted, {count} series scaled up"
        yield Measurement(task, spent, f"{name} (statsforecast)", answer["seconds"] * len(series) / count, note)


def _ets(series: pd.Series[float]) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fitted = ETSModel(series.reset_index(drop=True), error="add", seasonal="add", seasonal_periods=24).fit(disp=False)
    return fitted.get_prediction(start=len(series), end=len(series) + 47).summary_frame(alpha=0.05)


def _ours(series: pd.Series[float]) -> Any:
    return split(series.to_numpy(), (24, 168))[0]


def _mstl(series: pd.Series[float]) -> Any:
    from statsmodels.tsa.seasonal import MSTL

    how = {"seasonal_deg": 0, "inner_iter": 2, "outer_iter": 0}
    return MSTL(series.to_numpy(), periods=(24, 168), stl_kwargs=how).fit().trend


def _report(series: list[pd.Series[float]], size: str) -> Measurement:
    """Time everything a reader of one series may ask for, against the sum of the usual programs (0.89 s a series)."""
    parts = (summary, trend, seasonality, decompose, anomalies, changepoints, _ahead)
    spent = dict.fromkeys((part.__name__.strip("_") for part in parts), 0.0)
    for one in series:  # all parts of a series together, as a report asks for them
        for part in parts:
            spent[part.__name__.strip("_")] += seconds_of(lambda part=part, one=one: part(one))[0]
    total = sum(spent.values())
    note = ", ".join(f"{name} {1000 * seconds / len(series):.0f} ms" for name, seconds in spent.items())
    note += f" a series; 1,000 series on 2 cores: {500 * total / len(series):.0f} s"
    return Measurement(f"full report, {size}", total, "usual programs", 0.89 * len(series), note)
