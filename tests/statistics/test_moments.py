import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.moments import Moments, decimal_moments, merge, moments

numbers = st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=40)


@settings(max_examples=25)
@given(numbers)
def test_mean_and_deviation_are_correctly_rounded(values):
    found = moments(values)
    assert found.mean == statistics.mean(values)
    assert found.variance() == statistics.pvariance(values)
    assert found.variance(sample=True) == statistics.variance(values)
    assert found.standard_deviation() == pytest.approx(statistics.pstdev(values), rel=1e-15)


@settings(max_examples=25)
@given(numbers, st.randoms())
def test_partials_merge_in_any_order(values, order):
    parts = [moments([value]) for value in values]
    order.shuffle(parts)
    assert merge(parts) == moments(values)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 5)), min_size=1, max_size=20))
def test_a_weight_repeats_its_value(pairs):
    values, weights = [value for value, _ in pairs], [weight for _, weight in pairs]
    repeated = [value for value, weight in pairs for _ in range(weight)]
    if repeated:
        assert moments(values, weights) == moments(repeated)


def test_aggregates_of_nothing_are_empty():
    assert Moments.from_aggregates(count=0, mean=None, variance=None, missing=3) == Moments(missing=3)
    assert math.isnan(Moments().mean)
    assert math.isnan(Moments().variance())


def test_aggregates_and_rows_merge():
    values = np.array([1.5, 2.5, 7.0, -3.0])
    part = Moments.from_aggregates(count=2, mean=2.0, variance=0.25, minimum=1.5, maximum=2.5)
    assert part + moments(values[2:]) == moments(values)


def test_weights_must_fit():
    with pytest.raises(ArgumentError, match="2 weights for 1 values"):
        moments([1], [1, 2])


@settings(max_examples=25)
@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=30))
def test_decimal_moments_are_those_of_the_decimals_that_were_typed(values):
    found = decimal_moments([float(value) for value in values])
    assert found.total == sum(map(Fraction, values))
    assert found.squares == sum(Fraction(value) ** 2 for value in values)
    assert decimal_moments([*map(float, values), math.nan]).missing == 1
