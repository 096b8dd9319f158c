import numpy as np
import pytest
from scipy.stats import t as student

from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.red_noise import _SHARPNESS, COEFFICIENTS, PRIOR, WHITE, slope_posterior

TESTED = COEFFICIENTS < 0.99


def generalised_least_squares(times, values, coefficient, white):
    """Slope, error and restricted likelihood with the whole covariance matrix written out."""
    covariance = coefficient ** np.abs(times[:, None] - times) / (1 - coefficient**2) + white * np.eye(len(times))
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
def test_each_model_is_generalised_least_squares_also_across_gaps(gaps):
    times = np.delete(np.arange(40.0), gaps)
    values = np.delete(nulls.red_noise(3, 40, 0.5), gaps)
    found = slope_posterior(times, values)
    models = zip(COEFFICIENTS[TESTED], WHITE[TESTED], strict=True)
    expected = np.array([generalised_least_squares(times, values, *model) for model in models])
    np.testing.assert_allclose(found.slopes[TESTED], expected[:, 0], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.errors[TESTED], expected[:, 1], rtol=1e-7)
    left = np.log(found.weights[TESTED] / PRIOR[TESTED]) / _SHARPNESS - expected[:, 2]
    np.testing.assert_allclose(left - left.mean(), 0, atol=1e-6)


def test_a_random_walk_has_the_mean_step_as_its_slope():
    values = nulls.random_walk(5, 50)
    found = slope_posterior(np.arange(50.0), values)
    walk = np.flatnonzero((COEFFICIENTS > 0.999) & (WHITE == 0))[0]
    assert found.slopes[walk] == pytest.approx(np.diff(values).mean(), rel=1e-4)
    assert found.errors[walk] == pytest.approx(np.diff(values).std(ddof=1) / 7, rel=1e-4)


def test_prior_weights_add_up_and_white_noise_is_added_only_under_positive_coefficients():
    assert PRIOR.sum() == pytest.approx(1)
    assert (PRIOR > 0).all()
    assert (COEFFICIENTS[WHITE > 0] > 0).all()


def test_quantiles_and_p_value_belong_together():
    found = slope_posterior(np.arange(60.0), nulls.red_noise(8, 60, 0.3) + 0.03 * np.arange(60))
    p_value = found.p_value()
    edge = found.quantile(p_value / 2) if found.quantile(0.5) > 0 else found.quantile(1 - p_value / 2)
    assert edge == pytest.approx(0, abs=1e-6)
    assert found.weights.sum() == pytest.approx(1)


def test_a_long_white_series_gives_the_ordinary_regression():
    values = nulls.noise(2, 1000) + 0.001 * np.arange(1000)
    found = slope_posterior(np.arange(1000.0), values)
    design = np.c_[np.ones(1000), np.arange(1000.0)]
    coefficients, squares, *_ = np.linalg.lstsq(design, values, rcond=None)
    error = np.sqrt(squares[0] / 998 * np.linalg.inv(design.T @ design)[1, 1])
    low = coefficients[1] + error * student.ppf(0.025, 998)
    assert found.quantile(0.025) == pytest.approx(low, rel=0.1)
    assert found.autocorrelation == pytest.approx(0, abs=0.1)


def test_wandering_under_white_noise_is_seen_in_a_long_series():
    source = np.random.default_rng(3)
    rejected = [
        slope_posterior(np.arange(300.0), nulls.random_walk(seed, 300) + 3 * source.normal(size=300)).p_value() < 0.05
        for seed in range(60)
    ]
    assert np.mean(rejected) <= 0.15


def test_fewer_degrees_of_freedom_widen_the_errors():
    found = slope_posterior(np.arange(30.0), nulls.noise(4, 30))
    fewer = found.with_fewer(10)
    assert fewer.freedom == 18
    assert fewer.errors == pytest.approx(found.errors * np.sqrt(28 / 18))
    assert found.with_fewer(100).freedom == 1
