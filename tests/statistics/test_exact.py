from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.exact import exact_product_sum, exact_sum, exact_weighted_squares

anything = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=40)
pairs = st.lists(st.tuples(st.floats(-1e150, 1e150), st.floats(0, 1e150)), max_size=40)


@settings(max_examples=25)
@given(anything)
def test_sums_are_those_of_rational_numbers(values):
    assert exact_sum(values) == sum(map(Fraction, values))


@settings(max_examples=25)
@given(pairs)
def test_product_sums_are_those_of_rational_numbers(values):
    first, second = [one for one, _ in values], [other for _, other in values]
    assert exact_product_sum(first, second) == sum(Fraction(one) * Fraction(other) for one, other in values)
    assert exact_weighted_squares(first, second) == sum(Fraction(one) ** 2 * Fraction(other) for one, other in values)


def test_many_values_of_very_different_size_are_summed_exactly():
    source = np.random.default_rng(1)
    values = source.normal(size=3000) * 10.0 ** source.integers(-300, 300, 3000)
    assert exact_sum(values) == sum(map(Fraction, values.tolist()))
    assert exact_product_sum(values, values) == sum(Fraction(value) ** 2 for value in values.tolist())
