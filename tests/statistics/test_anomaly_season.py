"""Seasons come from the other cycles, and only where phases differ more than by chance."""

import tracemalloc

import numpy as np
import pytest

from analytics_lib.statistics.anomaly_season import (
    candidate_periods,
    clip,
    moving_level,
    spread,
    take_days,
    take_season,
)


@pytest.mark.parametrize(
    ("step", "length", "periods"),
    [
        (60.0, 10_000, (1440,)), (300.0, 4032, (288,)), (3600.0, 90, ()), (3600.0, 700, (24, 168)),
        (86_400.0, 365, (7,)), (604_800.0, 300, (52,)), (2_629_746.0, 60, (12,)), (float("nan"), 50, ()),
    ],
)  # fmt: skip
def test_days_weeks_and_years_are_candidates_where_four_fit(step, length, periods):
    assert candidate_periods(step, length) == periods


def test_a_season_is_found_and_shrunk_but_little():
    season = np.sin(2 * np.pi * np.arange(672) / 24)
    found = take_season(3 * season + np.random.default_rng(1).normal(size=672), 24)
    assert found is not None
    assert np.abs(found - 3 * season).max() < 1.2
    assert np.corrcoef(found, season)[0, 1] > 0.98


def test_noise_and_trend_have_no_season():
    found = [take_season(np.random.default_rng(seed).normal(size=400) + 0.05 * np.arange(400), 7) for seed in range(40)]
    assert sum(season is not None for season in found) <= 6


def test_the_point_itself_has_no_say():
    values = np.tile([0.0, 5.0, 10.0, 5.0], 20) + np.random.default_rng(1).normal(size=80) * 0.1
    changed = values.copy()
    changed[41] = 1000.0
    np.testing.assert_allclose(take_season(values, 4)[41], take_season(changed, 4)[41], atol=0.2)


def test_means_serve_small_counts_whose_medians_are_zero():
    rate = np.where(np.arange(700) % 7 < 2, 0.1, 0.8)
    found = take_season(np.random.default_rng(2).poisson(rate).astype(float), 7, means=True)
    assert found is not None
    assert np.sqrt(np.mean((found - found.mean() - rate + rate.mean()) ** 2)) < 0.2


def test_gaps_stay_out_of_levels_and_spreads():
    values = np.array([1.0, np.nan, 3.0, np.nan, 5.0])
    np.testing.assert_allclose(moving_level(values, 3), [2, 2, 3, 4, 4])
    assert spread(np.full(5, np.nan)) == 0
    np.testing.assert_allclose(spread(np.random.default_rng(1).normal(size=20_000)), 1.0, rtol=0.02)
    assert clip(np.append(np.random.default_rng(1).normal(size=200), 100.0)).max() < 6
    assert np.isnan(clip(np.full(3, np.nan))).all()


def test_a_week_beside_a_day_needs_three_weeks_and_alone_four():
    assert [candidate_periods(3600.0, length) for length in (503, 504)] == [(24,), (24, 168)]
    assert [candidate_periods(86_400.0, length) for length in (27, 28)] == [(), (7,)]


def test_the_spread_is_between_the_closest_observations_as_numpy_finds_them():
    for count in (2, 3, 5, 15, 25, 35, 45, 100, 101, 999):
        values = np.random.default_rng(count).normal(size=count)
        low, high = np.quantile(values, [0.1, 0.9], method="closest_observation")
        assert spread(values) == float(high - low) / 2.5631031310892007


def test_days_have_the_level_that_the_same_weekday_of_the_other_week_has_too():
    week = np.array([0.0, 0.0, 0.0, 0.0, 0.0, -4.0, -4.0])
    truth = np.repeat(np.tile(week, 2), 24)
    values = truth + np.random.default_rng(1).normal(size=336)
    days = take_days(values, 24)
    assert np.abs(days - truth).mean() < 0.3
    values[24 * 9 : 24 * 10] -= 12.0  # a day out of line stays one
    assert np.abs(take_days(values, 24)[24 * 9 : 24 * 10]).max() < 0.5


def test_days_that_differ_by_chance_have_no_level():
    assert sum(take_days(np.random.default_rng(seed).normal(size=336), 24) is not None for seed in range(20)) <= 2


def test_a_long_series_is_gone_through_in_blocks_that_change_nothing(monkeypatch):
    values = np.random.default_rng(3).normal(size=5000) + 3 * np.sin(2 * np.pi * np.arange(5000) / 24)
    values[700:760] = np.nan
    whole = take_season(values, 24)
    monkeypatch.setattr("analytics_lib.statistics.anomaly_season._BLOCK", 400)
    assert np.array_equal(take_season(values, 24), whole)


def test_a_season_takes_a_few_times_the_memory_of_its_series():
    """28 other cycles side by side took a hundred times; ten years of minutes did not fit."""
    values = np.random.default_rng(3).normal(size=300_000) + 3 * np.sin(2 * np.pi * np.arange(300_000) / 1440)
    tracemalloc.start()
    take_season(values, 1440)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * values.nbytes
