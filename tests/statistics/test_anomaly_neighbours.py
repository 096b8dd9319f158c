"""Neighbours predict a point as well as theory allows, and say when they can't."""

import numpy as np
import pytest

from analytics_lib.statistics.anomaly_neighbours import hear_neighbours
from analytics_lib.statistics.calibration.nulls import noise, random_walk, red_noise


def test_white_noise_has_nothing_to_say():
    trusts = [hear_neighbours(noise(seed, 500), noise(seed, 500)).trust for seed in range(20)]
    assert sum(trust > 0.3 for trust in trusts) <= 2


@pytest.mark.parametrize("phi", [0.5, 0.8, 0.95])
def test_red_noise_is_predicted_with_the_variance_of_the_best_interpolator(phi):
    """Grenander and Rosenblatt (1957): from both sides an AR(1) is known up to 1 / (1 + phi^2)."""
    ratios = []
    for seed in range(10):
        values = red_noise(seed, 1000, phi)
        ratios.append(np.var((values - hear_neighbours(values, values).addition)[5:-5]) * (1 + phi**2))
    assert 0.95 <= np.mean(ratios) <= 1.08


def test_ends_and_the_rims_of_gaps_are_less_sure():
    values = random_walk(3, 600)
    values[300:310] = np.nan
    scale = hear_neighbours(values - np.nanmean(values), values - np.nanmean(values)).scale
    assert scale[0] > 1.2
    assert scale[-1] > 1.2
    assert scale[299] > 1.2
    np.testing.assert_allclose(scale[100], 1.0, atol=0.05)


def test_a_point_is_not_its_own_witness():
    values = red_noise(5, 400, 0.8)
    silent = values.copy()
    silent[200] = np.nan
    np.testing.assert_allclose(
        hear_neighbours(values, values).addition[200], hear_neighbours(values, silent).addition[200], atol=0.3
    )
