import numpy as np
import pytest

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.comb import comb_evidence, whitened


def test_whitening_removes_red_noise_and_leaves_white_noise():
    for coefficient in (0.0, 0.5, 0.9):
        steps = whitened(nulls.red_noise(1, 4000, coefficient))
        assert np.corrcoef(steps[1:], steps[:-1])[0, 1] == pytest.approx(0, abs=0.1)


def test_gaps_become_zero_and_wild_values_are_drawn_in():
    values = nulls.noise(2, 200)
    values[50:60] = np.nan
    values[100] = 1e9
    steps = whitened(values)
    assert np.isfinite(steps).all()
    assert (steps[50:59] == 0).all()
    assert np.abs(steps).max() < 10


@pytest.mark.parametrize("period", [2, 3, 7, 24, 100])
def test_a_season_has_the_strongest_evidence_at_its_own_period(period):
    shape = np.random.default_rng(period).normal(size=period)
    values = np.tile(shape, 600 // period) * 2 + nulls.noise(1, 600 // period * period)
    periods = np.arange(2, 201)
    evidence = comb_evidence(whitened(values), periods)
    assert abs(periods[np.argmax(evidence)] / period - round(periods[np.argmax(evidence)] / period)) < 0.05
    assert evidence[period - 2] > 20


def test_p_values_of_noise_are_uniform():
    periods = np.array([5, 12, 24, 60])
    evidence = np.array([comb_evidence(nulls.noise(seed, 500), periods) for seed in range(800)])
    for threshold in (0.02, 0.1):
        rate = (np.exp(-evidence) < threshold).mean()
        assert threshold * 0.4 < rate < threshold * 1.25


def test_teeth_of_removed_seasons_count_for_nothing():
    values = nulls.season(720, 24, 3.0) + nulls.noise(1, 720)
    assert comb_evidence(values, np.array([24]))[0] > 50
    assert comb_evidence(values, np.array([24]), removed=(24,))[0] == 0


def test_long_series_are_judged_in_stretches_so_that_a_slow_swell_does_not_hide_the_day():
    hours = np.arange(24 * 365)
    swell = 1 + 0.9 * np.sin(2 * np.pi * hours / (24 * 120))
    values = swell * nulls.season(len(hours), 24) + nulls.noise(1, len(hours))
    assert comb_evidence(values, np.array([24]))[0] > 100
