import numpy as np
import pandas as pd
import pytest
from scipy.stats import theilslopes

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.trend import trend
from tests.conftest import shared_data

COLUMNS = ["direction", "slope_per_day", "slope_low", "slope_high", "relative_change", "p_value", "confidence"]


def test_the_columns_are_the_promised_ones():
    assert trend(nulls.daily(nulls.noise(1, 30))).to_frame().columns.tolist() == COLUMNS


@pytest.mark.parametrize(("slope", "direction"), [(0.5, "increasing"), (-0.5, "decreasing")])
def test_a_clear_slope_is_named_and_measured_per_day(slope, direction):
    result = trend(nulls.hourly(100 + slope * np.arange(96) + nulls.noise(1, 96)))
    assert result.direction == direction
    assert result.slope_low < 24 * slope < result.slope_high
    assert result.p_value < 1e-6


def test_the_slope_is_theil_and_sens():
    values = 20 + 0.3 * np.arange(50) + nulls.noise(2, 50, "t3")
    assert trend(nulls.daily(values)).slope_per_day == pytest.approx(theilslopes(values).slope, rel=1e-12)


def test_relative_change_is_per_grain():
    result = trend(nulls.hourly(100 + np.arange(-24, 25) * 0.5))
    assert result.relative_change == pytest.approx(0.005)
    assert result.slope_per_day == pytest.approx(12)


def test_stable_means_that_the_slope_is_known_to_be_small():
    assert trend(nulls.daily(1000 + nulls.noise(3, 60))).direction == "stable"
    assert trend(nulls.daily(np.full(30, 4.0))).direction == "stable"
    assert trend(nulls.daily(nulls.noise(3, 20, "lognormal"))).direction == "no evidence"


def test_too_few_values_are_unknown_with_a_note():
    for values in ([], [1.0], [1.0, 2, 3, 4], [np.nan] * 30):
        result = trend(nulls.daily(np.array(values)))
        assert result.direction == "unknown"
        assert np.isnan(result.p_value)
        assert "Not enough data" in result.notes[-1]
        assert result.plot().title


def test_a_random_walk_is_no_trend():
    found = [trend(nulls.hourly(nulls.random_walk(seed, 200))).direction for seed in range(40)]
    assert sum(direction in {"increasing", "decreasing"} for direction in found) <= 6


def test_the_season_is_taken_out_and_said():
    weeks = nulls.season(70, 7, 50.0) + 100 + np.arange(70) + nulls.noise(1, 70)
    result = trend(nulls.daily(weeks))
    assert result.slope_per_day == pytest.approx(1, abs=0.05)
    assert result.notes == ("Seasons taken out before: 7 d.",)


def test_an_unfinished_bucket_is_not_judged():
    frame = pd.DataFrame({"time": pd.date_range("2024-05-01", periods=30, freq="D", tz="UTC")})
    frame["users"] = 100 + np.arange(30)
    frame["complete"] = True
    whole = trend(frame)
    frame.loc[29, ["users", "complete"]] = 0, False
    assert trend(frame).slope_per_day == whole.slope_per_day


def test_outliers_neither_make_nor_hide_a_trend():
    source = np.random.default_rng(1)
    values = 0.1 * np.arange(150) + source.normal(size=150)
    wild = np.where(source.random(150) < 0.2, values + 50, values)
    result = trend(nulls.daily(wild))
    assert result.direction == "increasing"
    assert result.slope_low < 0.1 < result.slope_high
    assert trend(nulls.daily(np.where(source.random(150) < 0.2, 50.0, source.normal(size=150)))).p_value > 0.05


def test_known_series_go_the_known_way():
    carbon = pd.read_csv(shared_data("statsmodels-series/co2.csv"))
    series = pd.Series(carbon["co2"].to_numpy(), index=pd.to_datetime(carbon["date"].astype(str)))
    result = trend(series)
    assert result.direction == "increasing"
    assert result.slope_per_day * 365.25 == pytest.approx(1.35, abs=0.15)  # parts per million a year, 1958–2001
    nile = pd.read_csv(shared_data("statsmodels-series/nile.csv"))
    down = trend(pd.Series(nile["volume"].to_numpy(), index=pd.to_datetime(nile["year"].astype(str))))
    assert down.slope_per_day < 0


def test_confidence_must_be_a_share():
    with pytest.raises(ArgumentError, match="confidence"):
        trend(nulls.daily(nulls.noise(1, 30)), confidence=95)


def test_the_picture_holds_series_and_line():
    chart = trend(nulls.daily(nulls.noise(1, 30) + np.arange(30))).plot()
    assert [entry.name for entry in chart.legend] == ["trend", "observed"] or len(chart.legend) == 2
    assert "increasing" in chart.title


def test_the_line_is_drawn_over_the_values_whichever_is_larger():
    for level in (-100.0, 100.0):
        values = nulls.daily(level + nulls.noise(1, 60) + 0.1 * np.arange(60))
        values.iloc[10] = np.nan
        assert [entry.name for entry in trend(values).plot().legend] == ["observed", "trend"]
