"""Every front-door function of a series, on every odd series: a documented answer or a clear refusal.

Never a warning, a crash, an infinite number, or a number made up where nothing is known.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics_lib import (
    AnomalyMonitor,
    anomalies,
    changepoints,
    decompose,
    forecast,
    seasonality,
    summary,
    time_to_limit,
    trend,
)
from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.autocorrelation import autocorrelation
from analytics_lib.statistics.histogram import histogram
from analytics_lib.statistics.smoothing import exponential_average, moving_average


def _days(values: Any, **how: Any) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2024-01-01", periods=len(values), freq="D", **how))


_NOISE = np.random.default_rng(7).normal(100, 3, 120)
_SPIKE = np.r_[np.zeros(60), 1000.0, np.zeros(59)]
_GAPS = np.where(np.arange(120) % 3 == 0, _NOISE, np.nan)
_TWICE = pd.concat([_days(_NOISE), _days(_NOISE[:30] + 1)])
_SCATTERED = pd.Series(
    _NOISE, index=pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(_NOISE * 1e5 % 9e6), unit="s")
)

ODD: dict[str, pd.Series | pd.DataFrame] = {
    "empty": _days(np.empty(0)),
    "one value": _days([3.0]),
    "two values": _days([3.0, 4.0]),
    "all missing": _days(np.full(120, np.nan)),
    "one known": _days(np.r_[np.full(60, np.nan), 5.0, np.full(59, np.nan)]),
    "constant": _days(np.full(120, 7.0)),
    "all zeros": _days(np.zeros(120, dtype=np.int64)),
    "a straight line": _days(np.arange(120.0)),
    "a single spike": _days(_SPIKE),
    "two thirds missing": _days(_GAPS),
    "times twice": _TWICE,
    "irregular": _SCATTERED,
    "out of order": _days(_NOISE).iloc[::-1],
    "infinite values": _days(np.r_[_NOISE, np.inf, -np.inf, _NOISE]),
    "near 1e300": _days(_NOISE * 1e298),
    "near 1e-300": _days(_NOISE * 1e-302),
    "beyond 64 bits": _days([2**70 + number for number in range(120)]),
    "largest integers": _days(np.full(120, np.iinfo(np.int64).max) - np.arange(120)),
    "nullable integers": _days(pd.array([None if place % 5 == 0 else place for place in range(120)], dtype="Int64")),
    "true and false": _days(np.arange(120) % 2 == 0),
    "another zone": _days(_NOISE, tz="America/New_York"),
    "unfinished at the end": pd.DataFrame({"value": _NOISE, "complete": np.arange(120) < 110}).set_axis(
        pd.date_range("2024-01-01", periods=120)
    ).rename_axis("time").reset_index(),
    "mixed zones": pd.DataFrame(
        {
            "time": [
                day.tz_localize("UTC") if day.day % 2 else day for day in pd.date_range("2024-01-01", periods=120)
            ],
            "value": _NOISE,
        }
    ),
    "text": _days(["a", "b", "c"]),
    "no times": pd.DataFrame({"value": _NOISE}),
}  # fmt: skip


def _watched(series: Any) -> Any:
    monitor = AnomalyMonitor(per_1000=1.0, warm_up=100)
    if isinstance(series, pd.DataFrame):
        series = pd.Series(series["value"].to_numpy(), index=series.get("time", series.index))
    return pd.DataFrame([{"score": monitor.update(time, value).value} for time, value in series.items()])


ANALYSES: dict[str, Callable[[Any], Any]] = {
    "summary": summary,
    "trend": trend,
    "seasonality": seasonality,
    "decompose": decompose,
    "decompose by week": lambda series: decompose(series, 7),
    "anomalies": anomalies,
    "anomalies by z-score": lambda series: anomalies(series, method="z_score", window="14d"),
    "changepoints": changepoints,
    "forecast": lambda series: forecast(series, horizon=5),
    "time_to_limit": lambda series: time_to_limit(series, limit=1e4, horizon=10),
    "autocorrelation": autocorrelation,
    "histogram": histogram,
    "moving average": lambda series: moving_average(series, 7),
    "exponential average": lambda series: exponential_average(series, alpha=0.1),
    "monitor": _watched,
}


REFUSED = {
    "text": ("needs numbers|is not a number", set(ANALYSES)),
    "no times": ("needs the column 'time'|is not a moment", set(ANALYSES) - {"summary", "histogram"}),
    "near 1e300": ("judges values between", {"anomalies", "anomalies by z-score"}),
    "near 1e-300": ("judges values between", {"anomalies", "anomalies by z-score"}),
}
"""What is refused, with which words, by whom; everything else has an answer."""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_is_answered_or_refused_in_words(odd: str, analysis: str) -> None:
    words, refusing = REFUSED.get(odd, ("", set()))
    if analysis in refusing:
        with pytest.raises(ArgumentError, match=words):
            ANALYSES[analysis](ODD[odd])
        return
    answer = ANALYSES[analysis](ODD[odd])
    frame = answer if isinstance(answer, pd.DataFrame) else answer.to_frame()
    numbers = frame.select_dtypes(include="number").to_numpy(dtype=float, na_value=np.nan)
    held = [name != "variance" for name in frame.select_dtypes("number")]  # that of 1e300 is beyond every float
    assert not np.isinf(numbers[:, held]).any(), frame


@pytest.mark.parametrize("odd", ["empty", "one value", "all missing", "one known"])
def test_where_nothing_is_known_nothing_is_made_up(odd: str) -> None:
    series = ODD[odd]

    assert trend(series).direction == "unknown"
    assert seasonality(series).to_frame().empty
    assert changepoints(series).to_frame().empty
    assert forecast(series, horizon=2).to_frame()[["value", "low", "high"]].isna().all(axis=None)
    assert not anomalies(series).to_frame()["is_anomaly"].fillna(value=False).any()
    assert time_to_limit(series, limit=1e4).to_frame()["probability"].isna().all()
    assert summary(series).to_frame()["count"].iloc[0] <= 1


@pytest.mark.parametrize("odd", ["constant", "all zeros"])
def test_what_never_changes_has_no_news(odd: str) -> None:
    series = ODD[odd]
    known = float(series.iloc[0])

    assert trend(series).direction in {"stable", "no evidence"}
    assert seasonality(series).to_frame().empty
    assert changepoints(series).to_frame().empty
    assert not anomalies(series).to_frame()["is_anomaly"].fillna(value=False).any()
    np.testing.assert_allclose(forecast(series, horizon=2).to_frame()[["value", "low", "high"]], known)


def test_a_straight_line_goes_on_and_has_nothing_else() -> None:
    line = ODD["a straight line"]

    assert trend(line).direction == "increasing"
    assert trend(line).slope_per_day == pytest.approx(1.0)
    assert seasonality(line).to_frame().empty
    assert changepoints(line).to_frame().empty


def test_one_spike_among_zeros_is_the_one_anomaly() -> None:
    frame = anomalies(ODD["a single spike"]).to_frame()

    assert np.flatnonzero(frame["is_anomaly"].fillna(value=False)).tolist() == [60]


def test_the_unit_changes_nothing() -> None:
    plain, huge = forecast(_days(_NOISE), horizon=3).to_frame(), forecast(ODD["near 1e300"], horizon=3).to_frame()

    np.testing.assert_allclose(huge[["value", "low", "high"]] / 1e298, plain[["value", "low", "high"]], rtol=1e-9)
    assert trend(ODD["near 1e300"]).p_value == pytest.approx(trend(_days(_NOISE)).p_value, rel=1e-9)
