"""The scale is chosen by the data, and there and back is the identity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.anomaly_power import Power, choose_power
from analytics_lib.statistics.calibration.nulls import noise, season


@settings(deadline=None)
@given(st.sampled_from([1.0, 0.5, 0.25, 0.0]), st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=20))
def test_there_and_back_is_the_identity(power, values):
    scale = Power(power, shift=0.375)
    np.testing.assert_allclose(scale.back(scale.forward(np.array(values))), values, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("shape", "power"), [("lognormal", {0.0}), ("exponential", {0.25, 0.5})])
def test_skewed_durations_are_made_symmetric(shape, power):
    assert {choose_power(noise(seed, 672, shape), (), "duration").power for seed in range(5)} <= power


def test_growing_spread_asks_for_logarithms():
    values = np.exp(season(672, 24) + 0.2 * noise(1, 672))
    assert choose_power(values, (24,), "number").power == 0.0


def test_counts_get_the_root_that_makes_their_variance_constant():
    means = 200 + season(672, 24, 150.0)
    counts = np.random.default_rng(1).poisson(means).astype(float)
    assert choose_power(counts, (24,), "count").power == 0.5


@pytest.mark.parametrize("shape", ["gaussian", "t3"])
def test_what_needs_no_scale_stays_as_it_is(shape):
    assert {choose_power(100 + noise(seed, 672, shape), (24,), "number").power for seed in range(10)} == {1.0}
    assert choose_power(noise(1, 672), (), "number").power == 1.0


def test_unreachable_values_come_back_as_the_lowest_one():
    assert Power(0.5).back(np.array([-3.0]))[0] == 0
