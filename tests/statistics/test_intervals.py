import math

import numpy as np
import pytest

from analytics_lib.statistics.intervals import (
    Estimate,
    always_valid,
    always_valid_reach,
    bayesian,
    difference,
    fixed_horizon,
    relative_difference,
)

# gbstats 0.8.0: A n 3407 mean 0.41 sd 3.9, B n 3461 mean 0.70 sd 6.2
CONTROL = Estimate(3407, 0.41, 3.9**2)
VARIANT = Estimate(3461, 0.70, 6.2**2)


def test_the_fixed_interval_equals_the_published_vector_to_its_last_digit() -> None:
    contrast = difference(CONTROL, VARIANT)
    found = fixed_horizon(contrast, 0.95)

    assert contrast.value == pytest.approx(0.29, abs=1e-15)
    assert math.sqrt(contrast.squared_error) == pytest.approx(0.124783631587588, abs=5e-16)
    assert [found.low, found.high] == pytest.approx([0.04537789255929, 0.53462210744071], abs=5e-15)
    assert found.p_value == pytest.approx(0.020158402643587, abs=5e-16)


def test_the_always_valid_interval_equals_the_published_vector_to_its_last_digit() -> None:
    found = always_valid(difference(CONTROL, VARIANT), 0.95, tuning=5000)

    assert [found.low, found.high] == pytest.approx([-0.08941009553835, 0.66941009553835], abs=5e-15)


def test_the_relative_effect_equals_the_published_vector() -> None:
    contrast = relative_difference(CONTROL, VARIANT)
    found = fixed_horizon(contrast, 0.95)

    assert contrast.value == pytest.approx(0.70732, abs=5e-6)
    assert [found.low, found.high] == pytest.approx([-0.03526, 1.44989], abs=5e-6)
    assert found.p_value == pytest.approx(0.06191, abs=5e-6)


@pytest.mark.parametrize(("users", "times_wider"), [(5000, 1.55), (500, 1.97), (50_000, 1.65)])
def test_peeking_costs_the_documented_width(users: int, times_wider: float) -> None:
    assert always_valid_reach(users, 0.95) / 1.959964 == pytest.approx(times_wider, abs=0.006)


def test_the_always_valid_p_value_is_the_error_at_which_its_interval_just_touches_zero() -> None:
    contrast = difference(Estimate(4000, 1.0, 4.0), Estimate(4000, 1.15, 4.0))
    p_value = always_valid(contrast, 0.95).p_value

    # same mixture, only the error budget in the boundary moves
    grown = contrast.users * (-2 * math.log(0.05) + math.log(-2 * math.log(0.05) + 1)) / 5000
    scale = contrast.squared_error * (grown + 1) / grown
    reach = math.sqrt(2 * scale * math.log(math.sqrt(grown + 1) / p_value))

    assert reach == pytest.approx(contrast.value, rel=1e-12)


def test_welch_and_student_agree_with_scipy() -> None:
    from scipy.stats import ttest_ind

    source = np.random.default_rng(5)
    first, second = source.normal(0, 1, 30), source.normal(0.5, 3, 50)
    estimates = [Estimate(len(x), float(x.mean()), float(x.var(ddof=1))) for x in (first, second)]

    for pooled in (False, True):
        expected = ttest_ind(second, first, equal_var=pooled)
        interval = expected.confidence_interval(0.9)
        found = fixed_horizon(difference(*estimates, pooled=pooled), 0.9)
        assert found.p_value == pytest.approx(expected.pvalue, rel=1e-10)
        assert [found.low, found.high] == pytest.approx([interval.low, interval.high], rel=1e-10)


def test_too_few_users_or_no_spread_give_no_interval() -> None:
    few = fixed_horizon(difference(Estimate(7, 1.0, 1.0), Estimate(100, 2.0, 1.0)), 0.95)
    flat = always_valid(difference(Estimate(100, 0.0, 0.0), Estimate(100, 1.0, 0.0)), 0.95)

    for found in (few, flat):
        assert math.isnan(found.low)
        assert math.isnan(found.p_value)


def test_a_control_near_zero_has_no_relative_interval() -> None:
    contrast = relative_difference(Estimate(100, 0.1, 1.0), Estimate(100, 0.5, 1.0))

    assert contrast.value == pytest.approx(4.0)
    assert math.isnan(contrast.squared_error)


def test_a_flat_prior_believes_what_the_normal_likelihood_says() -> None:
    contrast = difference(CONTROL, VARIANT)
    belief = bayesian(contrast, 0.95)
    error = math.sqrt(contrast.squared_error)

    assert belief.interval.low == pytest.approx(0.29 - 1.959963984540054 * error)
    at = np.linspace(0.29 - 10 * error, 0.29 + 10 * error, 200_001)
    density = np.exp(-(((at - 0.29) / error) ** 2) / 2) / (error * math.sqrt(2 * math.pi))
    assert belief.probability_better == pytest.approx(np.trapezoid(density * (at > 0), at), abs=1e-5)
    assert belief.expected_loss == pytest.approx(np.trapezoid(density * np.maximum(-at, 0), at), rel=1e-6)


def test_a_narrow_prior_shrinks_towards_itself() -> None:
    contrast = difference(CONTROL, VARIANT)
    prior = math.sqrt(contrast.squared_error)  # as sure as the data: half way between

    belief = bayesian(contrast, 0.95, prior_mean=0.0, prior_deviation=prior)

    assert (belief.interval.low + belief.interval.high) / 2 == pytest.approx(0.145)
