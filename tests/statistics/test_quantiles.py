import math

import numpy as np
import pytest

from analytics_lib.statistics.quantiles import fewest_rows, quantile_estimate


def test_the_standard_error_of_a_median_is_the_textbook_one() -> None:
    # asymptotic: sqrt(q (1 − q) / n) / density; the standard normal's density at its median is 0.3989
    source = np.random.default_rng(1)
    errors = [math.sqrt(quantile_estimate(source.normal(size=2000), 0.5).squared_error) for _ in range(60)]

    assert np.mean(errors) == pytest.approx(math.sqrt(0.25 / 2000) / 0.398942, rel=0.04)


def test_rows_of_one_user_count_as_one_cluster() -> None:
    source = np.random.default_rng(2)
    estimates, errors = [], []
    for _ in range(300):
        users = np.repeat(np.arange(200), 10)
        values = np.repeat(source.normal(size=200), 10) + 0.3 * source.normal(size=2000)
        found = quantile_estimate(values, 0.9, users)
        estimates.append(found.value)
        errors.append(math.sqrt(found.squared_error))

    assert found.users == 200
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.12)


def test_too_few_rows_give_the_quantile_but_no_interval() -> None:
    found = quantile_estimate(np.arange(300.0), 0.99)

    assert fewest_rows(0.99) == pytest.approx(396)
    assert found.value == pytest.approx(np.quantile(np.arange(300.0), 0.99))
    assert math.isnan(found.variance)


def test_nothing_measured_is_unknown() -> None:
    found = quantile_estimate([], 0.5)

    assert found.users == 0
    assert math.isnan(found.value)
