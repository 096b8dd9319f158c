import numpy as np

from analytics_lib.statistics.anomaly_constants import constant_but_for_few, judge_exceptions


def _with(exceptions: int, length: int) -> np.ndarray:
    values = np.full(length, 7.5)
    values[np.linspace(3, length - 3, exceptions).astype(int)] = 1000.0
    return values


def test_a_series_is_constant_but_for_few_where_nine_in_ten_values_are_equal() -> None:
    assert constant_but_for_few(_with(1, 120)) == 7.5
    assert constant_but_for_few(_with(12, 120)) == 7.5
    assert constant_but_for_few(_with(13, 120)) is None
    assert constant_but_for_few(np.full(120, 7.5)) is None
    assert constant_but_for_few(np.full(120, np.nan)) is None


def test_a_single_exception_is_flagged_and_named() -> None:
    values = _with(1, 120)
    verdict = judge_exceptions(values, 7.5, 0.001)

    assert np.flatnonzero(verdict.level).tolist() == np.flatnonzero(values != 7.5).tolist()
    assert "1,000" in verdict.words[int(np.argmax(values))]


def test_exceptions_are_flagged_up_to_the_promised_rate_and_severe_where_they_are_rarer() -> None:
    assert judge_exceptions(_with(5, 5000), 7.5, 0.001).level.sum() == 5
    assert judge_exceptions(_with(6, 5000), 7.5, 0.001).level.sum() == 0
    assert judge_exceptions(_with(1, 10_000), 7.5, 0.001).level.max() == 2
    assert judge_exceptions(_with(1, 100_000), 7.5, 0.001).level.max() == 3


def test_what_is_unknown_is_not_judged() -> None:
    values = _with(1, 120)
    values[50:60] = np.nan

    assert (judge_exceptions(values, 7.5, 0.001).level[50:60] == -1).all()
