"""Low daily counts against the same weekday: the promise holds, and what is rare is found."""

import numpy as np
import pandas as pd
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.anomaly_weekdays import judge_weekdays
from analytics_lib.statistics.calibration.nulls import daily, hourly
from analytics_lib.statistics.series import read_series

WEEK = np.array([6.0, 5.0, 5.0, 4.0, 4.0, 0.5, 0.3])


def _counts(seed, days=365):
    return np.random.default_rng(seed).poisson(WEEK[np.arange(days) % 7]).astype(float)


def _judge(values, chance=1e-3):
    return judge_weekdays(read_series(daily(values)), chance)


def test_ordinary_weeks_are_flagged_no_more_than_twice_as_often_as_promised():
    """30 years at 1 in 1,000: 11 are promised; 0.5 to 2 times with five standard errors of chance."""
    flagged = sum((_judge(_counts(seed)).level > 0).sum() for seed in range(30))
    assert 2 <= flagged <= 33


def test_six_on_a_sunday_is_rare_and_on_a_monday_ordinary():
    values = _counts(1)
    values[104], values[98] = 6, 6  # 2024-04-14 and 2024-04-08
    verdict = _judge(values)
    assert verdict.level[104] >= 1
    assert verdict.level[98] == 0
    assert "Sunday" in verdict.words[104]


def test_a_day_does_not_speak_for_itself_and_not_for_others_when_it_is_out_of_line():
    values = np.tile(WEEK.round(), 20)
    plain = _judge(values).expected.copy()
    values[70] = 500
    assert np.abs(_judge(values).expected - plain).max() < 0.5


def test_overdispersed_counts_get_a_wider_band():
    source = np.random.default_rng(3)
    poisson, wide = source.poisson(5, 364).astype(float), source.negative_binomial(1, 1 / 6, 364).astype(float)
    assert np.nanmedian(_judge(wide).high) > np.nanmedian(_judge(poisson).high) + 5


def test_less_than_five_weeks_are_not_judged():
    assert (_judge(_counts(1, 28)).level == -1).all()
    assert (_judge(_counts(1, 35)).level >= 0).all()
    assert len(_judge(_counts(1, 0)).level) == 0


def test_an_unfinished_day_is_never_judged():
    frame = pd.DataFrame({"time": daily(_counts(1, 70)).index, "events": _counts(1, 70), "complete": True})
    frame.loc[69, ["events", "complete"]] = [90, False]
    assert judge_weekdays(read_series(frame), 1e-3).level[-1] == -1


def test_what_is_not_a_daily_count_is_refused():
    with pytest.raises(ArgumentError, match="one value per day"):
        judge_weekdays(read_series(hourly(_counts(1, 200))), 1e-3)
    with pytest.raises(ArgumentError, match="needs counts"):
        judge_weekdays(read_series(daily(_counts(1, 70) - 0.5)), 1e-3)
