"""Tails read from the middle of a sample agree with the distributions that scipy knows."""

import numpy as np
import pytest

from analytics_lib.statistics import anomaly_tails
from analytics_lib.statistics.anomaly_tails import FEWEST, _within_gaps, fit_tails


def _even_sample(name: str, count: int = 2000, **arguments: float) -> np.ndarray:
    from scipy import stats

    return getattr(stats, name)(**arguments).ppf((np.arange(count) + 0.5) / count)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("norm", {}), ("t", {"df": 3}), ("t", {"df": 5}), ("lognorm", {"s": 0.5}), ("lognorm", {"s": 1.0})],
)
def test_the_rate_beyond_the_limits_is_the_promised_one_on_common_shapes(name, arguments):
    from scipy import stats

    low, high = fit_tails(_even_sample(name, **arguments)).limits(1e-3)
    truth = getattr(stats, name)(**arguments)
    assert 0.5e-3 <= truth.cdf(low) + truth.sf(high) <= 2e-3


def test_a_tail_that_ends_gives_its_budget_to_the_other():
    from scipy import stats

    tails = fit_tails(_even_sample("expon"))
    low, high = tails.limits(1e-3)
    assert low < 0  # nothing ordinary is ever flagged below
    assert 0.5e-3 <= stats.expon.sf(high) <= 2e-3


def test_ten_large_values_do_not_hide_each_other():
    sample = np.concatenate([_even_sample("norm", 990), np.full(10, 6.0)])
    assert (fit_tails(sample).surprise(np.full(10, 6.0)) > 4).all()


def test_surprise_rises_with_the_distance_and_is_symmetric_for_symmetric_data():
    tails = fit_tails(_even_sample("norm"))
    surprise = tails.surprise(np.array([0.0, 1.0, 3.0, 5.0, 50.0]))
    assert (np.diff(surprise) > 0).all()
    np.testing.assert_allclose(tails.surprise(np.array([-3.0])), surprise[2], rtol=1e-6)
    assert np.isnan(tails.surprise(np.array([np.nan]))).all()


def test_scale_and_place_do_not_matter():
    sample = np.random.default_rng(3).standard_t(4, 500)
    plain, moved = fit_tails(sample), fit_tails(1e6 + 1e-3 * sample)
    np.testing.assert_allclose(plain.surprise(sample), moved.surprise(1e6 + 1e-3 * sample), rtol=1e-4, atol=1e-6)


def test_too_few_or_equal_values_have_no_tails():
    assert fit_tails(np.arange(FEWEST - 1.0)) is None
    assert fit_tails(np.ones(100)) is None


def test_values_that_are_mostly_one_number_are_judged_by_rank():
    sample = np.zeros(1000)
    sample[[3, 500]] = [1.0, 50.0]
    surprise = fit_tails(sample).surprise(sample)
    assert surprise[500] > surprise[3] > surprise[0]
    assert surprise[500] > 2.5


def test_where_a_tail_is_taken_to_begin_varies_little_from_sample_to_sample():
    """Of normal noise a sixth of the limit was chance before elongation was shrunk; spikes of 5 fell into it."""
    limits = [fit_tails(np.random.default_rng(seed).normal(size=672)).limits(1e-3)[1] for seed in range(150)]
    assert np.std(limits) / np.mean(limits) < 0.145
    assert 3.1 < np.mean(limits) < 3.6


@pytest.mark.parametrize("count", [50, 75, 100, 150])
def test_few_ordinary_values_are_flagged_no_more_than_twice_as_often_as_promised(count):
    samples = [np.random.default_rng(seed).normal(size=count) for seed in range(600)]
    flags = sum(int((fit_tails(one).surprise(one) >= 3).sum()) for one in samples)
    assert flags / (600 * count) <= 0.002


@pytest.mark.parametrize("count", [24, 30, 47, 60, 101, 300])
@pytest.mark.parametrize("outliers", [0, 1, 5, 9])
def test_a_sample_and_its_mirror_image_are_judged_alike(count, outliers):
    """The cut behind wide gaps took one value more from the lower end than from the upper one."""
    for seed in range(5):
        sample = np.random.default_rng([seed, count]).lognormal(0.0, 0.4, size=count)
        sample[:outliers] -= 20.0 + np.arange(outliers)
        tails, mirrored = fit_tails(sample), fit_tails(-sample)
        np.testing.assert_allclose(mirrored.surprise(-sample), tails.surprise(sample), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("outliers", "kept"), [(9, 51), (11, 60)])
def test_no_more_than_a_sixth_is_cut_off_behind_a_gap(sign, outliers, kept):
    sample = np.append(_even_sample("norm", 60 - outliers), 100.0 + np.arange(outliers))
    assert len(_within_gaps(np.sort(sign * sample))) == kept


def test_equal_values_are_strewn_evenly_about_their_place_and_others_stay():
    strewn = anomaly_tails._unrounded(np.array([-1.0, 0.0, 0.0, 2.0, 2.5, 2.5, 2.5, 2.5]))
    assert strewn == pytest.approx([-1.0, -0.25, 0.25, 2.0, 2.3125, 2.4375, 2.5625, 2.6875])
    once = np.array([-1.0, 0.5, 2.0])
    assert anomaly_tails._unrounded(once) is once


def test_every_value_falls_into_one_bin():
    values = np.sort(np.concatenate([np.random.default_rng(5).standard_t(2, 400), np.zeros(7), [-1e60, 1e60]]))
    shape = anomaly_tails._Shape(np.array([0.1, 0.02]), np.zeros(3), 0.0, 1.0)
    counts = anomaly_tails._binned(shape, values)
    assert counts.shape[0] == 2
    assert counts.sum() == len(values)
    assert counts[0].sum() == np.sum(values < 0)
