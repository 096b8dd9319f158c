import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.tally import tally

numbers = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=60)
shares = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@settings(max_examples=25)
@given(numbers, shares)
def test_quantiles_are_numpys(values, wanted):
    np.testing.assert_allclose(tally(values).quantiles(wanted), np.quantile(values, wanted), rtol=1e-12, atol=1e-12)


@settings(max_examples=25)
@given(numbers, numbers)
def test_merging_is_counting_together(first, second):
    merged, whole = tally(first) + tally(second), tally(first + second)
    assert merged.values.tolist() == whole.values.tolist()
    assert merged.weights.tolist() == whole.weights.tolist()


def test_missing_values_are_counted_through_merges():
    assert (tally([1, np.nan]) + tally([np.inf, 2])).missing == 2
    assert tally([1, np.nan]).moments.missing == 1


def test_fractional_weights_keep_quantiles_within_the_values_and_in_order():
    found = tally([1, 2, 3, 4], weights=[0.25, 2.5, 0.5, 1.75]).quantiles([0, 0.25, 0.5, 0.75, 1])
    assert (np.diff(found) >= 0).all()
    assert found[0] >= 1
    assert found[-1] == 4


def test_nothing_has_no_quantiles_and_no_modes():
    assert np.isnan(tally([]).quantiles([0.5])).all()
    assert len(tally([]).modes) == 0
