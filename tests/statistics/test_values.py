from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.values import read_values


@pytest.mark.parametrize(
    "data",
    [
        [1, 2, None],
        (1.0, 2.0, float("nan")),
        np.array([1, 2, np.nan]),
        pd.Series([1, 2, None], dtype="Int64"),
        pd.array([1, 2, None], "Float64"),
        pa.array([1, 2, None]),
        pa.chunked_array([[1, 2], [None]]),
        [Decimal(1), Fraction(2), None],
        pd.DataFrame({"users": [1, 2, None]}),
        pd.DataFrame({"value": [1, 2, None], "score": [7, 8, 9]}),
    ],
)
def test_numbers_are_read_from_whatever_holds_them(data):
    values, _, _, notes = read_values(data)
    np.testing.assert_array_equal(values, [1, 2, np.nan])
    assert notes == ()


def test_infinite_and_oversized_numbers_are_missing_with_a_note():
    values, _, _, notes = read_values([1, 10**400, float("-inf")])
    np.testing.assert_array_equal(values, [1, np.nan, np.nan])
    assert notes == ("2 infinite values count as missing.",)


@pytest.mark.parametrize("dtype", ["int64", "uint64", "Int64"])
def test_integers_that_a_float_cannot_hold_are_told(dtype):
    _, _, _, notes = read_values(pd.Series([2**53, 2**53 + 1, 2**62 + 3], dtype=dtype))
    assert notes == ("3 integers from 2⁵³ on may be rounded: floats hold no more digits.",)
    assert read_values(pd.Series([2**53 - 1], dtype=dtype))[3] == ()


def test_the_handed_data_are_not_changed():
    given = np.array([1.0, np.inf])
    read_values(given)
    assert np.isinf(given[1])


@pytest.mark.parametrize("data", ["text", 3, ["a"], [object()], np.ones((2, 2))])
def test_what_holds_no_numbers_is_refused(data):
    with pytest.raises(ArgumentError):
        read_values(data)


def test_two_columns_to_choose_from_are_refused():
    with pytest.raises(ArgumentError, match="needs the column 'value'"):
        read_values(pd.DataFrame({"users": [1], "events": [2]}))
