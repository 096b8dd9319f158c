import numpy as np
import pytest
from scipy.stats import t as student

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.red_noise import _COEFFICIENTS, _SHARPNESS, slope_posterior


def generalised_least_squares(times, values, coefficient):
    """Slope, error and restricted likelihood with the whole covariance matrix written out."""
    covariance = coefficient ** np.abs(times[:, None] - times) / (1 - coefficient**2)
    design = np.c_[np.ones(len(times)), times - times.mean()]
    precision = np.linalg.inv(covariance)
    information = design.T @ precision @ design
    found = np.linalg.solve(information, design.T @ precision @ values)
    left = values - design @ found
    freedom = len(times) - 2
    squares = left @ precision @ left
    error = np.sqrt(squares / freedom * np.linalg.inv(information)[1, 1])
    likelihood = -freedom / 2 * np.log(squares) - 0.5 * np.linalg.slogdet(covariance)[1]
    return found[1], error, likelihood - 0.5 * np.linalg.slogdet(information)[1]


@pytest.mark.parametrize("gaps", [[], [3, 4, 9, 20, 21, 22]])
def test_each_coefficient_is_generalised_least_squares_also_across_gaps(gaps):
    times = np.delete(np.arange(40.0), gaps)
    values = np.delete(nulls.red_noise(3, 40, 0.5), gaps)
    found = slope_posterior(times, values)
    expected = np.array([generalised_least_squares(times, values, one) for one in _COEFFICIENTS[4:-1]])
    np.testing.assert_allclose(found.slopes[4:-1], expected[:, 0], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.errors[4:-1], expected[:, 1], rtol=1e-8)
    prior = np.gradient(_COEFFICIENTS)[4:-1] * np.sqrt(1.02 - _COEFFICIENTS[4:-1])
    left = np.log(found.weights[4:-1] / prior) / _SHARPNESS - expected[:, 2]
    np.testing.assert_allclose(left - left.mean(), 0, atol=1e-8)


def test_at_coefficient_one_the_slope_is_the_mean_step():
    values = nulls.random_walk(5, 50)
    found = slope_posterior(np.arange(50.0), values)
    assert found.slopes[-1] == pytest.approx(np.diff(values).mean(), rel=1e-6)
    assert found.errors[-1] == pytest.approx(np.diff(values).std(ddof=1) / 7, rel=1e-6)


def test_quantiles_and_p_value_belong_together():
    found = slope_posterior(np.arange(60.0), nulls.red_noise(8, 60, 0.3) + 0.03 * np.arange(60))
    p_value = found.p_value()
    edge = found.quantile(p_value / 2) if found.quantile(0.5) > 0 else found.quantile(1 - p_value / 2)
    assert edge == pytest.approx(0, abs=1e-9)
    assert found.weights.sum() == pytest.approx(1)


def test_a_long_white_series_gives_the_ordinary_regression():
    values = nulls.noise(2, 2000) + 0.001 * np.arange(2000)
    found = slope_posterior(np.arange(2000.0), values)
    design = np.c_[np.ones(2000), np.arange(2000.0)]
    coefficients, squares, *_ = np.linalg.lstsq(design, values, rcond=None)
    error = np.sqrt(squares[0] / 1998 * np.linalg.inv(design.T @ design)[1, 1])
    low = coefficients[1] + error * student.ppf(0.025, 1998)
    assert found.quantile(0.025) == pytest.approx(low, rel=0.06)
    assert found.autocorrelation == pytest.approx(0, abs=0.05)
