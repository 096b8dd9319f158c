"""Reasons in words: runs, flatlines, spikes, what is missing."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.statistics.anomaly_breaks import Break
from analytics_lib.statistics.anomaly_reasons import (
    flatlines,
    missing_reasons,
    point_reasons,
    runs,
    shift_reason,
    spread_reason,
)


@given(st.lists(st.booleans(), max_size=50))
def test_runs_cover_exactly_what_is_true(flags):
    covered = np.zeros(len(flags), bool)
    for first, last in runs(np.array(flags, bool)):
        assert first < last
        covered[first:last] = True
    assert covered.tolist() == flags


def test_four_equal_values_among_continuous_ones_are_a_flatline():
    values = np.random.default_rng(1).normal(size=300)
    values[100:104] = values[100]
    assert flatlines(values) == [(100, 104)]


@pytest.mark.parametrize("mean", [0.05, 0.3, 2.0, 20.0])
def test_counts_repeat_themselves_by_chance(mean):
    source = np.random.default_rng(3)
    assert sum(len(flatlines(source.poisson(mean, 600).astype(float))) for _ in range(60)) == 0


def test_two_flatlines_are_both_seen_and_gaps_end_a_run():
    values = np.random.default_rng(1).normal(size=400)
    values[50:70], values[200:215] = 1.0, 2.0
    assert flatlines(values) == [(50, 70), (200, 215)]
    values[60] = np.nan
    assert flatlines(values) == [(50, 60), (61, 70), (200, 215)]


def test_nights_in_which_nothing_happens_are_no_flatlines_and_an_outage_by_day_is_one():
    minutes = np.arange(30 * 1440)
    by_day = (minutes % 1440 > 420) & (minutes % 1440 < 1320)
    counts = np.where(by_day, np.random.default_rng(1).poisson(5, len(minutes)), 0).astype(float)
    assert flatlines(counts) == []
    outage = slice(10 * 1440 + 800, 10 * 1440 + 840)
    counts[outage] = 3.0
    assert flatlines(counts) == [(outage.start, outage.stop)]


def test_a_line_that_breaks_now_and_then_is_not_usual():
    counts = np.random.default_rng(1).poisson(5, 50_000).astype(float)
    for start in range(1000, 50_000, 7000):
        counts[start : start + 40] = 0.0
    assert len(flatlines(counts)) == 7


def test_a_thousand_runs_are_looked_through_in_no_time():
    counts = np.random.default_rng(1).poisson(5, 1_500_000).astype(float)
    counts[np.arange(len(counts)) % 1440 < 500] = 0.0
    begun = time.process_time()
    assert flatlines(counts) == []
    assert time.process_time() - begun < 5


def test_spikes_dips_and_short_shifts():
    values = np.array([5.0, 20.0, 5.0, -9.0, 5.0, 30.0, 31.0, 32.0])
    flagged = np.abs(values - 5) > 1
    words = point_reasons(values, np.full(8, 5.0), flagged)
    assert words[0] == ""
    assert words[1] == "spike: 20 where about 5 was expected"
    assert words[3].startswith("dip: -9")
    assert words[6].startswith("short level shift: 3 in a row above")


def test_missing_runs_say_how_long_they_are():
    words = missing_reasons(np.array([True, False, True, True]))
    assert words == {0: "missing", 2: "missing data: 2 in a row", 3: "missing data: 2 in a row"}


def test_breaks_are_told_in_the_units_of_the_series():
    values = np.concatenate([np.full(50, 10.0), np.full(50, 1250.0)])
    assert shift_reason(values, Break(50, 1240.0, 9.0)) == "level shift up: from about 10 to 1,250"
    assert spread_reason(Break(50, 0.25, 9.0)) == "variance change: values spread 4.0 times narrower"
