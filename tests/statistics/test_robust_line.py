import numpy as np
import pytest
from scipy.stats import theilslopes

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.robust_line import robust_line


def test_slope_and_intercept_are_theil_and_sens():
    values = nulls.noise(1, 80, "lognormal") + 0.1 * np.arange(80)
    line = robust_line(values)
    expected = theilslopes(values, np.arange(80), method="joint")
    assert line.slope == pytest.approx(expected.slope, rel=1e-12)
    assert line.intercept == pytest.approx(expected.intercept, rel=1e-12)
    assert line.low < line.slope < line.high


def test_gaps_are_left_out_and_keep_their_length():
    values = 2 + 0.5 * np.arange(30)
    values[[3, 4, 5, 20]] = np.nan
    line = robust_line(values)
    assert (line.slope, line.intercept, line.p_value) == (0.5, 2.0, 0.0)


def test_a_constant_has_no_slope_and_an_exact_line_no_doubt():
    assert robust_line(np.full(20, 7.5)).p_value == 1
    exact = robust_line(np.arange(10) / 3)
    assert exact.p_value == 0
    assert exact.low == pytest.approx(exact.high)


def test_long_series_are_averaged_in_blocks_without_moving_the_line():
    values = 5 + 0.001 * np.arange(20_000) + nulls.noise(3, 20_000)
    line = robust_line(values)
    assert line.low < 0.001 < line.high
    assert line.slope == pytest.approx(0.001, rel=0.02)
    assert line.intercept == pytest.approx(5, abs=0.1)


def test_the_interval_widens_with_confidence():
    values = nulls.red_noise(4, 60, 0.4)
    narrow, wide = robust_line(values, confidence=0.8), robust_line(values, confidence=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_four_values_are_not_enough():
    assert robust_line(np.array([1.0, 2, np.nan, 3, 4])) is None


def test_ties_do_not_hide_the_slope_of_small_counts():
    counts = np.random.default_rng(5).poisson(np.linspace(0.2, 1.2, 300)).astype(float)
    assert theilslopes(counts).slope == 0
    line = robust_line(counts)
    assert line.slope > 0
    assert line.p_value < 0.01


@pytest.mark.parametrize("exponent", [-900, 1015])
def test_the_size_of_the_values_changes_nothing_but_the_size_of_the_slope(exponent):
    values = nulls.noise(4, 60) + 0.05 * np.arange(60)
    plain, scaled = robust_line(values), robust_line(np.ldexp(values, exponent))
    assert scaled.p_value == plain.p_value
    assert scaled.slope == np.ldexp(plain.slope, exponent)
