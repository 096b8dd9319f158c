"""The histogram of visits agrees with a brute-force search among all values."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.monitor_gaps import Gaps


def _nearest(values, value):
    return float(np.min(np.abs(np.asarray(values) - value)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=120, max_size=200, unique=True), st.floats(0.05, 0.95))
def test_the_distance_is_that_to_the_nearest_value_but_for_the_bins(values, place):
    span = max(values) - min(values)
    value = min(values) + place * span
    gaps = Gaps(values[:100])
    for one in values[100:]:
        gaps.remember(one)
    distance, _ = gaps.inside(value, span)
    truth = _nearest(values, value) / span
    assert distance <= truth + 0.008
    if truth > 0.03:
        assert distance >= truth - 0.008


def test_a_value_between_two_crowds_is_new_and_rare():
    source = np.random.default_rng(1)
    values = np.concatenate([source.normal(0, 1, 500), source.normal(100, 1, 500)])
    distance, rarity = Gaps(values).inside(50.0, float(np.ptp(values)))
    assert distance == pytest.approx(0.45, abs=0.03)
    assert rarity == pytest.approx(np.log10(1000 / 0.5), abs=0.01)


def test_lonely_visits_make_another_lonely_one_less_rare():
    values = np.concatenate([np.linspace(0, 10, 990), np.arange(20.0, 120.0, 10.0)])
    _, rarity = Gaps(values).inside(15.0, 110.0)
    assert rarity == pytest.approx(np.log10(1000 / 10.5), abs=0.05)


def test_outside_of_all_values_is_no_gap():
    gaps = Gaps(np.linspace(0.0, 1.0, 200))
    assert gaps.inside(5.0, 1.0) == (0.0, 0.0)
    assert gaps.inside(-0.3, 1.0) == (0.0, 0.0)


def test_bins_widen_as_the_range_grows_and_nothing_is_lost():
    gaps = Gaps([0.0, 1.0])
    for value in (1e3, -1e6, 1e9, 3.0):
        gaps.remember(value)
    assert gaps.total == 6
    assert sum(gaps.visits) == 6


def test_the_state_is_plain_and_complete():
    gaps = Gaps(np.random.default_rng(2).normal(size=500))
    again = Gaps.from_state(json.loads(json.dumps(gaps.state())))
    assert (again.origin, again.width, again.total, again.visits) == (gaps.origin, gaps.width, gaps.total, gaps.visits)
