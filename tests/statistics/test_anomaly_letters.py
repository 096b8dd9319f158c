"""Letter values give back the shape they were made with, and know how little a small sample says."""

import numpy as np
import pytest
from scipy import stats

from analytics_lib.statistics.anomaly_letters import CAREFUL, CLEANED, NORMAL, normal_quantile, weights_for


@pytest.mark.parametrize(("skewness", "elongation"), [(0.0, 0.0), (0.4, 0.0), (0.0, 0.2)])
def test_an_exact_shape_is_read_back(skewness, elongation):
    """Logarithms of g-and-h distances, up to the third power, are what the columns can say."""
    weights = weights_for(1000, CAREFUL)
    above = np.log(weights.deviates) + skewness * weights.deviates / 2 + elongation * weights.deviates**2 / 2
    below = np.log(weights.deviates) - skewness * weights.deviates / 2 + elongation * weights.deviates**2 / 2
    assert (weights.skew @ ((above - below) / 2))[0] == pytest.approx(skewness, abs=1e-9)
    assert (weights.common @ ((above + below) / 2 - np.log(weights.deviates)))[1] == pytest.approx(elongation, abs=1e-9)


def test_quantiles_are_those_of_scipy():
    chances = np.array([1e-12, 0.01, 0.5, 0.9])
    assert normal_quantile(chances) == pytest.approx(stats.norm.ppf(chances))


def test_more_values_reach_further_out_and_know_more():
    few, many = weights_for(50, CLEANED), weights_for(5000, CLEANED)
    assert many.levels[-1] < few.levels[-1]
    assert many.skew_variance < few.skew_variance
    assert few.spread[-1] > few.spread[len(NORMAL) // 4]
