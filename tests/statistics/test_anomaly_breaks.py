"""Breaks are found where they are, and not where there are none."""

import numpy as np
import pytest

from analytics_lib.statistics.anomaly_breaks import (
    Break,
    lasting,
    level_shifts,
    piecewise_spread,
    spread_changes,
    steps,
)
from analytics_lib.statistics.calibration.nulls import noise, random_walk, red_noise


@pytest.mark.parametrize("size", [3.0, -8.0])
def test_a_shift_of_three_sigma_is_found_at_its_place(size):
    values = noise(1, 672)
    values[400:] += size
    (found,) = level_shifts(values)
    assert abs(found.place - 400) <= 1
    assert found.size == pytest.approx(size, abs=0.7)


@pytest.mark.parametrize(
    "make",
    [lambda seed: noise(seed, 400, "t3"), lambda seed: red_noise(seed, 400, 0.8), lambda seed: random_walk(seed, 400)],
)
def test_noise_that_wanders_has_no_shifts(make):
    assert sum(len(level_shifts(make(seed))) for seed in range(40)) <= 1


def test_a_change_of_spread_is_no_shift():
    values = np.concatenate([noise(1, 400), 5 * noise(2, 272)])
    assert level_shifts(values) == ()


@pytest.mark.parametrize("ratio", [2.5, 0.3])
def test_a_change_of_spread_is_found_and_measured(ratio):
    values = noise(3, 800)
    values[500:] *= ratio
    (found,) = spread_changes(values)
    assert abs(found.place - 500) <= 15
    assert found.size == pytest.approx(ratio, rel=0.3)
    scale = piecewise_spread(values, (found,))
    assert scale[700] / scale[100] == pytest.approx(ratio, rel=0.3)


@pytest.mark.parametrize("shape", ["gaussian", "t3", "lognormal"])
def test_equal_spreads_have_no_change(shape):
    assert sum(len(spread_changes(noise(seed, 500, shape))) for seed in range(60)) == 0


def test_a_step_taken_back_soon_is_a_burst():
    kept, burst = lasting((Break(100, 5.0, 9.0), Break(110, -5.2, 9.0), Break(300, 4.0, 9.0)), 672)
    assert [one.place for one in kept] == [300]
    assert list(np.flatnonzero(burst)) == list(range(100, 110))


def test_a_step_taken_back_late_is_two_steps():
    kept, burst = lasting((Break(100, 5.0, 9.0), Break(400, -5.0, 9.0)), 672)
    assert len(kept) == 2
    assert not burst.any()
    level = steps(kept, 672)
    assert (level[99], level[100], level[399], level[400]) == (0, 5, 5, 0)


def test_gaps_and_constant_values_break_nothing():
    values = noise(4, 500)
    values[100:160] = np.nan
    assert level_shifts(values) == ()
    assert level_shifts(np.full(500, np.nan)) == ()
    assert level_shifts(np.full(500, 2.0)) == ()
    assert spread_changes(np.zeros(500)) == ()
