"""The scorer against what its authors published, against brute force, and against common sense."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.monitor import AnomalyMonitor
from tests.benchmarks.nab import (
    NEVER,
    PROFILES,
    Stream,
    alarms_outside,
    best_threshold,
    novelty,
    raw_score,
    read_benchmark,
    row_values,
    score_at,
    sigmoid,
    watch,
)
from tests.conftest import shared_data

STANDARD = PROFILES["standard"]


def _stream(windows, length=1000):
    times = pd.date_range("2014-01-01", periods=length, freq="5min")
    return Stream("made", times, np.zeros(length), tuple(windows))


def test_the_sigmoid_has_its_published_values():
    assert sigmoid(-1.0) == pytest.approx(0.98661, abs=5e-6)
    assert sigmoid(0.0) == 0.0
    assert sigmoid(3.1) == -1.0
    assert sigmoid(2.9) > -1.0


def test_windows_are_worth_one_at_their_left_edge_and_little_at_their_right():
    worth, inside = row_values(_stream([(400, 499)]), STANDARD)
    assert worth[400] == pytest.approx(1.0)
    assert worth[450] == pytest.approx(0.86, abs=0.01)
    assert 0 < worth[499] < 0.03
    assert (inside[400:500] == 0).all()
    assert worth[399] == -0.11
    assert -0.006 < worth[500] < 0
    assert worth[999] == pytest.approx(-0.11)


def test_rows_behind_a_window_are_measured_from_the_one_just_before():
    worth, _ = row_values(_stream([(200, 299), (400, 499)]), STANDARD)
    assert worth[300] == worth[500]
    assert worth[399] == pytest.approx(0.11 * sigmoid(100 / 99))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_silence_is_0_and_perfection_100(profile):
    streams = [_stream([(200, 299), (700, 799)]), _stream([]), _stream([(500, 501)])]
    silent = [np.zeros(1000) for _ in streams]
    assert score_at(streams, silent, 0.5, profile) == 0
    assert best_threshold(streams, silent, profile) == (0.0, NEVER)
    perfect = [np.zeros(1000) for _ in streams]
    for stream, scores in zip(streams, perfect, strict=True):
        scores[[first for first, _ in stream.windows]] = 1.0
    assert score_at(streams, perfect, 0.5, profile) == pytest.approx(100.0)
    assert best_threshold(streams, perfect, profile) == (pytest.approx(100.0), 1.0)


def test_the_probation_is_not_scored():
    stream = _stream([])
    assert stream.probation == 150
    assert _stream([], length=22_695).probation == 750
    scores = np.zeros(1000)
    scores[:150] = 1.0
    assert raw_score(stream, scores, 0.5, STANDARD) == 0
    scores[150] = 1.0
    assert raw_score(stream, scores, 0.5, STANDARD) == -0.11


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(list(PROFILES)))
def test_the_search_finds_what_trying_every_threshold_finds(seed, name):
    source = np.random.default_rng(seed)
    streams = [_stream([(60, 79), (120, 139)], 200), _stream([(50, 99)], 200)]
    scores = [np.round(source.uniform(size=200) ** 4, 2) for _ in streams]
    tried = {threshold: score_at(streams, scores, threshold, PROFILES[name])
             for threshold in {NEVER, *np.concatenate(scores)}}  # fmt: skip
    best, where = best_threshold(streams, scores, PROFILES[name])
    assert best == pytest.approx(max(tried.values()))
    assert tried[where] == pytest.approx(best)


@settings(max_examples=50, deadline=None)
@given(st.integers(150, 999))
def test_one_more_alarm_outside_costs_and_an_earlier_hit_pays(row):
    stream = _stream([(400, 499)])
    scores = np.zeros(1000)
    scores[450] = 1.0
    more = scores.copy()
    more[row] = 1.0
    difference = raw_score(stream, more, 0.5, STANDARD) - raw_score(stream, scores, 0.5, STANDARD)
    if 400 <= row < 450:
        assert difference > 0
    elif 450 <= row < 500:
        assert difference == 0
    else:
        assert -0.11 <= difference < 0


def test_the_two_groups_beside_the_checkout_are_read_whole():
    streams = read_benchmark(shared_data("nab"))
    assert len(streams) == 23
    assert sum(len(stream.values) for stream in streams) == 77_350
    assert sum(len(stream.windows) for stream in streams) == 44
    assert [stream.name.split("/")[1] for stream in streams if not stream.windows] == ["ec2_cpu_utilization_c6585a.csv"]
    assert all(first >= stream.probation for stream in streams for first, _ in stream.windows)


def test_the_monitor_holds_its_bars_and_is_quiet_where_nothing_happens():
    """The issue's bars, over all 23 files. The short ones alone stay below theirs: ``make bench``, decision 0006."""
    streams = read_benchmark(shared_data("nab"))
    ours, rival = [watch(stream) for stream in streams], [novelty(stream) for stream in streams]
    assert best_threshold(streams, ours, STANDARD)[0] >= 65
    assert best_threshold(streams, ours, STANDARD)[0] > best_threshold(streams, rival, STANDARD)[0]
    assert score_at(streams, ours, AnomalyMonitor.threshold, STANDARD) >= 60
    quiet = [index for index, stream in enumerate(streams) if not stream.windows]
    assert alarms_outside([streams[i] for i in quiet], [ours[i] for i in quiet], AnomalyMonitor.threshold) <= 2
