"""`AnomalyMonitor`: no look-ahead, small, restorable, quiet on noise, awake to what is new."""

import json
import pickle
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.monitor import AnomalyMonitor, Score

START = datetime(2024, 5, 1, tzinfo=UTC)


def _watch(values, monitor=None, step=timedelta(minutes=5), start=START):
    monitor = monitor or AnomalyMonitor()
    return [monitor.update(start + i * step, value) for i, value in enumerate(values)]


def _alarms(values, **arguments):
    return [i for i, score in enumerate(_watch(values, **arguments)) if score.is_anomaly]


def test_the_warm_up_is_learned_and_not_judged():
    scores = _watch(np.append(nulls.noise(1, 149), [1e6]))
    assert all(score.value == 0 and score.is_anomaly is None for score in scores)
    assert _watch(nulls.noise(1, 151))[-1].is_anomaly is False


def test_scores_lie_in_the_unit_interval_and_the_threshold_is_fixed():
    values = np.concatenate([nulls.noise(1, 500), [1e9, -1e9], nulls.noise(2, 100)])
    scores = _watch(values)
    assert all(0.0 <= score.value <= 1.0 for score in scores)
    judged = scores[150:]
    assert all(score.is_anomaly == (score.value >= AnomalyMonitor.threshold) for score in judged)


@pytest.mark.parametrize(
    ("story", "place"),
    [
        (np.concatenate([nulls.noise(1, 800), [14.0], nulls.noise(2, 100)]), range(800, 801)),
        (np.concatenate([nulls.noise(1, 800), 12 + nulls.noise(2, 200)]), range(800, 801)),
        (np.concatenate([np.full(800, 3.0), [3.5], np.full(50, 3.0)]), range(800, 801)),
        (np.concatenate([20.0 + np.arange(800) % 7, [99.0]]), range(800, 801)),
        (np.concatenate([nulls.noise(1, 800), 30 * nulls.noise(2, 100)]), range(800, 806)),
        (np.concatenate([np.tile(np.repeat([20.0, 80.0], 144), 10) + nulls.noise(3, 2880), 20 + nulls.noise(4, 288)]),
         range(2880 + 144, 2880 + 288)),
    ],
    ids=["spike", "level shift", "end of constancy", "end of a rhythm", "variance", "a day that does not rise"],
)  # fmt: skip
def test_what_is_new_is_an_alarm(story, place):
    alarms = [place for place in _alarms(story) if place >= 600]  # the first days of a stream are all new
    assert alarms
    assert alarms[0] in place


def test_one_event_is_one_alarm():
    values = np.concatenate([nulls.noise(1, 800), [25.0] * 40])
    assert len(_alarms(values)) == 1


def test_a_spike_does_not_hide_the_next_one_and_the_third_is_ordinary():
    quiet = [nulls.noise(seed, 300) for seed in range(4)]
    values = np.concatenate([quiet[0], quiet[1], [25.0], quiet[2], [25.0], quiet[3], [25.0], quiet[0]])
    assert _alarms(values) == [600, 901]


def test_what_lasts_becomes_ordinary_after_one_alarm():
    values = np.concatenate([nulls.noise(1, 800), 25 + nulls.noise(2, 600)])
    assert _alarms(values) == [800]


@pytest.mark.parametrize("shape", ["gaussian", "poisson", "red", "season"])
def test_noise_is_quiet(shape):
    """The promise is 0.1 per 1,000; 8 streams of 2,500 would have 2, and 7 or more once in 220 runs."""
    makers = {
        "gaussian": lambda seed: nulls.noise(seed, 2500),
        "poisson": lambda seed: nulls.noise(seed, 2500, "poisson"),
        "red": lambda seed: nulls.red_noise(seed, 2500, 0.6),
        "season": lambda seed: nulls.noise(seed, 2500) + nulls.season(2500, 288, 3.0),
    }
    assert sum(len(_alarms(makers[shape](seed))) for seed in range(8)) <= 6


def test_a_promise_ten_times_lower_alarms_on_a_subset():
    values = np.concatenate([nulls.noise(5, 3000, "t3"), [40.0], nulls.noise(6, 500, "t3")])
    seldom = _alarms(values, monitor=AnomalyMonitor(per_1000=0.01))
    assert len(seldom) <= len(_alarms(values))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 700), st.integers(0, 10_000))
def test_a_restored_monitor_gives_identical_scores(cut, seed):
    values = np.concatenate([nulls.noise(seed, 500, "t3"), [60.0], nulls.noise(seed + 1, 200)])
    monitor = AnomalyMonitor(per_1000=1.0, grain="5min")
    _watch(values[:cut], monitor)
    again = AnomalyMonitor.from_state(json.loads(json.dumps(monitor.state())))
    later = START + timedelta(days=3)
    assert repr(_watch(values[cut:], monitor, start=later)) == repr(_watch(values[cut:], again, start=later))


def test_the_future_changes_no_score():
    values = nulls.noise(7, 600)
    assert repr(_watch(values)[:400]) == repr(_watch(np.append(values[:400], np.full(50, 1e12)))[:400])


def test_memory_is_constant_and_small():
    monitor = AnomalyMonitor()
    _watch(nulls.noise(1, 5000, "lognormal"), monitor)
    assert len(json.dumps(monitor.state())) < 50_000
    assert len(pickle.dumps(AnomalyMonitor.from_state(monitor.state()).state())) < 50_000


def test_missing_and_infinite_values_change_nothing():
    values = nulls.noise(1, 400)
    plain, holed = AnomalyMonitor(), AnomalyMonitor()
    for i, value in enumerate(values):
        plain.update(START + timedelta(hours=i), value)
        holed.update(START + timedelta(hours=i), value)
        for missing in (None, float("nan"), float("inf"), pd.NA, 10**400):
            score = holed.update(START + timedelta(hours=i), missing)
            assert (score.value, score.is_anomaly) == (0.0, None)
    assert plain.state() == holed.state()


@pytest.mark.parametrize(
    "time",
    [
        datetime(2024, 5, 1, 12),  # noqa: DTZ001 - naive times are UTC, which is what is tested
        datetime(2024, 5, 1, 14, tzinfo=datetime.strptime("+0200", "%z").tzinfo),
        pd.Timestamp("2024-05-01 12:00"),
        np.datetime64("2024-05-01T12:00:00"),
        "2024-05-01T12:00:00Z",
    ],
)
def test_all_ways_to_write_a_moment_are_one(time):
    monitor, other = AnomalyMonitor(), AnomalyMonitor()
    for value in (1.0, 2.0, 3.0):
        monitor.update(datetime(2024, 5, 1, 12, tzinfo=UTC), value)
        other.update(time, value)
    assert monitor.state() == other.state()


def test_equal_and_earlier_times_are_accepted():
    monitor = AnomalyMonitor()
    for i, value in enumerate(nulls.noise(1, 300)):
        score = monitor.update(START - timedelta(minutes=i // 2), value)
        assert isinstance(score, Score)
    monitor.update(date(1969, 1, 1), 0.0)


def test_the_band_holds_what_is_ordinary_and_not_what_alarms():
    scores = _watch(np.append(nulls.noise(1, 800), [20.0]))
    assert scores[-1].high < 20.0
    inside = [
        score.low <= value <= score.high for score, value in zip(scores[200:-1], nulls.noise(1, 800)[200:], strict=True)
    ]
    assert np.mean(inside) >= 0.99


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"per_1000": 0}, "per_1000"), ({"grain": "fortnight"}, "grain"), ({"warm_up": 10}, "warm_up")],
)
def test_impossible_settings_are_refused(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        AnomalyMonitor(**arguments)


@pytest.mark.parametrize(
    ("time", "value"), [(5.0, 1.0), (pd.NaT, 1.0), (np.datetime64("NaT", "us"), 1.0), (START, "high")]
)
def test_what_can_not_be_read_is_refused(time, value):
    with pytest.raises(ArgumentError):
        AnomalyMonitor().update(time, value)


def test_a_state_of_another_version_is_refused():
    with pytest.raises(ArgumentError, match="version"):
        AnomalyMonitor.from_state({"version": 99})
