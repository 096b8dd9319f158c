import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.histogram import histogram
from analytics_lib.statistics.tally import tally

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200)


@settings(max_examples=25)
@given(values)
def test_every_value_falls_into_exactly_one_range(given):
    frame = histogram(given).to_frame()
    assert frame["count"].sum() == len(given)
    assert frame["share_rate"].sum() == pytest.approx(1)
    assert len(frame) <= min(20, math.ceil(math.sqrt(len(given))))
    assert frame["low"].iloc[0] == min(given)
    assert frame["high"].iloc[-1] == max(given)


def test_counts_are_numpys():
    drawn = np.random.default_rng(2).integers(0, 1000, 500) / 8  # eighths and 16 ranges: no edge is rounded
    drawn[:2] = 0, 128
    counts, edges = np.histogram(drawn, bins=16)
    frame = histogram(drawn, bins=16).to_frame()
    assert frame["count"].tolist() == counts.tolist()
    np.testing.assert_allclose(frame["low"], edges[:-1])


def test_the_number_of_ranges_is_the_root_of_the_count_up_to_twenty():
    assert len(histogram(range(10)).to_frame()) == 4
    assert len(histogram(range(10_000)).to_frame()) == 20


def test_constant_data_make_one_range_without_width():
    frame = histogram([5, 5, 5]).to_frame()
    assert frame[["low", "high", "centre", "count"]].to_numpy().tolist() == [[5, 5, 5, 3]]


def test_nothing_makes_no_range():
    result = histogram([])
    assert result.to_frame().empty
    assert result.plot().description.startswith("No data")


def test_neighbouring_floats_do_not_break_the_ranges():
    pair = [1.0, np.nextafter(1.0, 2)]
    assert histogram(pair, bins=5).to_frame()["count"].sum() == 2
    assert histogram([-1.7e308, 1.7e308], bins=3).to_frame()["count"].tolist() == [1, 0, 1]


def test_weights_and_tallies_count_as_repeated_values():
    expected = histogram([1, 1, 1, 4]).to_frame()
    assert histogram([1, 4], weights=[3, 1]).to_frame().equals(expected)
    assert histogram(tally([1, 1, 1, 4])).to_frame().equals(expected)


def test_missing_values_are_left_out_with_a_note():
    assert histogram([1, None, 2]).notes == ("1 missing values were left out.",)


def test_no_range_at_all_is_refused():
    with pytest.raises(ArgumentError, match="bins=0"):
        histogram([1, 2], bins=0)
