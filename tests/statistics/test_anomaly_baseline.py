"""Season, slope and neighbours together give back what was put in."""

import numpy as np

from analytics_lib.statistics.anomaly_baseline import fit_baseline
from analytics_lib.statistics.calibration.nulls import noise, season


def test_season_and_slope_are_expected():
    truth = 50 + 0.02 * np.arange(672) + season(672, 24, 3.0)
    found = fit_baseline(truth + noise(1, 672), (24, 168), np.zeros(672, bool))
    assert found.periods == (24,)
    assert np.sqrt(np.mean((found.expected - truth) ** 2)) < 0.45


def test_points_left_out_do_not_speak_for_others():
    values = noise(2, 300)
    values[100:104] = 50.0
    left_out = np.zeros(300, bool)
    left_out[100:104] = True
    found = fit_baseline(values, (), left_out)
    assert np.abs(found.expected[96:108]).max() < 2


def test_gaps_get_an_expectation_too():
    values = 10 + season(240, 24, 5.0) + 0.1 * noise(3, 240)
    values[60:75] = np.nan
    found = fit_baseline(values, (24,), np.zeros(240, bool))
    np.testing.assert_allclose(found.expected[60:75], (10 + season(240, 24, 5.0))[60:75], atol=1.0)


def test_means_give_small_counts_their_mean():
    counts = np.random.default_rng(4).poisson(0.3, 800).astype(float)
    found = fit_baseline(counts, (), np.zeros(800, bool), means=True)
    np.testing.assert_allclose(found.expected.mean(), 0.3, atol=0.06)
