import numpy as np
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.smoothing import exponential_average, moving_average


def test_a_moving_average_starts_at_the_first_full_window():
    values = np.array([4.0, 8, 6, -1, -2, -3, -1, 3, 4, 5])
    frame = moving_average(nulls.daily(values), 3).to_frame()
    np.testing.assert_allclose(frame["average"], np.convolve(values, np.ones(3) / 3, "valid"))
    assert frame["time"].iloc[0] == nulls.daily(values).index[2]
    assert frame["value"].tolist() == values[2:].tolist()


def test_a_window_with_a_gap_has_no_average():
    frame = moving_average(nulls.daily(np.array([1.0, 2, np.nan, 4, 5, 6])), 2).to_frame()
    np.testing.assert_array_equal(frame["average"], [1.5, np.nan, np.nan, 4.5, 5.5])


def test_a_window_longer_than_the_series_leaves_nothing():
    assert moving_average(nulls.daily(np.ones(3)), 4).to_frame().empty


def test_an_exponential_average_begins_with_the_first_value_and_follows_its_rule():
    values = nulls.noise(1, 30)
    expected, average = [], values[0]
    for value in values:
        average = 0.1 * value + 0.9 * average
        expected.append(average)
    expected[0] = values[0]
    np.testing.assert_allclose(exponential_average(nulls.daily(values)).to_frame()["average"], expected)


def test_an_exponential_average_stays_at_a_gap_and_survives_nothing():
    frame = exponential_average(nulls.daily(np.array([np.nan, 1.0, np.nan, 3.0])), alpha=0.5).to_frame()
    np.testing.assert_array_equal(frame["average"], [np.nan, 1, 1, 2])
    assert exponential_average(nulls.daily(np.array([]))).to_frame().empty


def test_windows_and_weights_outside_their_range_are_refused():
    for wrong in (0, 1.5):
        with pytest.raises(ArgumentError):
            exponential_average(nulls.daily(np.ones(3)), alpha=wrong)
    assert exponential_average(nulls.daily(np.arange(3.0)), alpha=1).to_frame()["average"].tolist() == [0, 1, 2]
    with pytest.raises(ArgumentError):
        moving_average(nulls.daily(np.ones(3)), 0)


def test_the_picture_holds_both_lines():
    assert len(moving_average(nulls.daily(nulls.noise(1, 20)), 5).plot().legend) == 2
