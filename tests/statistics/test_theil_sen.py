import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from analytics_lib.statistics.theil_sen import theil_sen


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_the_slope_is_scipys(values):
    times = np.arange(len(values)) ** 1.5
    expected = theilslopes(values, times).slope
    assert theil_sen(times, np.array(values))[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_quarter_of_wild_values_does_not_turn_the_line():
    source = np.random.default_rng(4)
    times = np.arange(200.0)
    values = 3 + 0.5 * times + source.normal(size=200)
    values[source.choice(200, 50, replace=False)] += 1e6
    slope, intercept = theil_sen(times, values)
    assert slope == pytest.approx(0.5, abs=0.02)
    assert intercept == pytest.approx(3, abs=3)
