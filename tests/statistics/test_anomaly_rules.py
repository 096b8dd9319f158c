"""The simple rules, against worked examples by hand and a brute-force oracle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.anomaly_rules import RULES, apply_rule, steps_of

VALUES = st.lists(st.one_of(st.integers(-50, 50).map(float), st.just(float("nan"))), min_size=0, max_size=40)


def _apply(method, values, *, steps=1, threshold=None):
    return apply_rule(
        method, np.array(values, dtype=float), steps=steps, threshold=threshold or RULES[method].threshold
    )


def test_failures_above_a_tenth_in_five_minutes_are_flagged():
    verdict = _apply("threshold", [0.0, 0.02, 0.1, 0.4, 0.9], steps=1)
    assert verdict.level.tolist() == [0, 0, 0, 3, 3]
    assert _apply("threshold", [0.0, 0.0, 0.24], steps=3).level.tolist() == [0, 0, 0]  # the mean is 0.08
    assert _apply("threshold", [0.0, 0.0, 0.33], steps=3).level.tolist() == [0, 0, 1]  # the mean is 0.11


def test_a_z_score_is_taken_from_the_window_before():
    """The mean of 8, 10, 12 is 10, the population standard deviation 1.63; 15 lies 3.06 away."""
    verdict = _apply("z_score", [8.0, 10.0, 12.0, 15.0], steps=3)
    assert verdict.level.tolist() == [-1, -1, -1, 3]
    assert verdict.score[3] == pytest.approx(3.0619, abs=1e-4)
    assert verdict.expected[3] == pytest.approx(10.0)


def test_an_audience_six_times_as_large_is_more_than_the_change_of_500_percent():
    assert _apply("percent_change", [100.0, 599.0]).level.tolist() == [-1, 0]
    assert _apply("percent_change", [100.0, 601.0]).level.tolist() == [-1, 1]
    assert _apply("percent_change", [0.0, 601.0]).level.tolist() == [-1, -1]  # from nothing there is no percentage


def test_two_and_three_standard_deviations_of_the_series():
    """One value in a hundred at x: mean x / 100, variance x^2 * 99 / 10,000, so it lies 9.95 deviations away."""
    verdict = _apply("standard_deviations", [0.0] * 99 + [7.0])
    assert verdict.level[99] == 3
    assert verdict.score[99] == pytest.approx(99 / np.sqrt(99))


def test_a_lone_spike_in_ten_points_hides_from_the_plain_rule_but_not_from_the_robust_one():
    values = [9.0, 10.0, 11.0, 10.0, 9.0, 11.0, 10.0, 9.5, 10.5, 1000.0]
    assert _apply("standard_deviations", values).level[9] < 3
    assert _apply("robust_z", values).level[9] == 3


def test_quartiles_of_one_to_nine():
    """Quartiles 3 and 7: fences at -3 and 13."""
    verdict = _apply("iqr", [1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert (verdict.low[0], verdict.high[0]) == (-3.0, 13.0)
    assert _apply("iqr", [1, 2, 3, 4, 5, 6, 7, 8, 90]).level.tolist() == [0] * 8 + [1]


@settings(deadline=None)
@given(VALUES, st.integers(3, 6))
def test_the_window_of_a_z_score_is_what_a_loop_says(values, steps):
    verdict = _apply("z_score", values, steps=steps)
    for place, value in enumerate(values):
        before = np.array([one for one in values[max(place - steps, 0) : place] if np.isfinite(one)])
        if np.isfinite(value) and len(before) >= 3 and before.std() > 1e-6:
            assert verdict.score[place] == pytest.approx(abs(value - before.mean()) / before.std(), rel=1e-6, abs=1e-6)
        else:
            assert verdict.level[place] == -1


@pytest.mark.parametrize("method", sorted(RULES))
@given(values=VALUES)
def test_a_flag_is_a_value_outside_the_band(method, values):
    verdict = _apply(method, values, steps=3)
    known = np.array(values, dtype=float)
    with np.errstate(invalid="ignore"):
        outside = (known > verdict.high + 1e-9) | (known < verdict.low - 1e-9)
    assert (outside[verdict.level >= 0] <= (verdict.level > 0)[verdict.level >= 0]).all()
    assert not (verdict.level[~np.isfinite(known)] >= 0).any()


@pytest.mark.parametrize("method", sorted(RULES))
@pytest.mark.parametrize("values", [[], [1.0], [np.nan] * 30, [4.0] * 30])
def test_nothing_is_flagged_where_nothing_can_be_said(method, values):
    assert not (_apply(method, values, steps=3, threshold=5.0).level > 0).any()


def test_a_window_that_is_too_short_is_refused_with_the_least_that_is_allowed():
    with pytest.raises(ArgumentError, match="259200s"):
        steps_of("z_score", "1h", 3600.0, 86_400.0)
    assert steps_of("percent_change", "1h", 3600.0, 86_400.0) == 1
