"""Small counts: the chances are scipy's, the rule attains what can be attained."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_lib.statistics.anomaly_counts import Counts, are_small_counts, at_least, at_most, fit_counts


def _poisson(mean: float, length: int) -> Counts:
    return replace(
        fit_counts(np.full(length, np.round(mean)), np.full(length, mean), np.zeros(length, bool)), extra=0.0
    )


def _attained(mean: float, chance: float) -> tuple[float, float]:
    """The rule by brute force: of all cutoffs on the smaller tail, the one whose rate is nearest to `chance`."""
    from scipy.stats import poisson

    counts = np.arange(200)
    below, above = poisson.cdf(counts, mean), poisson.sf(counts - 1, mean)
    mass = poisson.pmf(counts, mean)
    rates = [mass[np.minimum(below, above) <= cut].sum() for cut in np.minimum(below, above) if cut <= 2 * chance]
    allowed = [rate for rate in rates if rate <= 2 * chance]
    return min(allowed, key=lambda rate: abs(rate - chance)), chance


@pytest.mark.parametrize("mean", [0.1, 0.5, 1.0, 2.0, 3.7, 5.0, 8.0, 12.0, 20.0, 40.0])
@pytest.mark.parametrize("chance", [1e-2, 1e-3, 1e-4])
def test_the_rule_attains_the_rate_nearest_to_the_promise(mean, chance):
    from scipy.stats import poisson

    counts = np.arange(150.0)
    judged = _poisson(mean, 150)
    flagged = judged.surprise(counts) >= judged.cutoff(chance)
    rate = poisson.pmf(counts, mean)[flagged].sum()
    best, _ = _attained(mean, chance)
    assert rate <= 2 * chance
    assert abs(np.log(max(rate, 1e-12) / max(best, 1e-12))) < 0.15


def test_on_poisson_2_eight_is_the_first_flagged_count():
    """P(X >= 7) = 0.0045, P(X >= 8) = 0.0011; a low count is never rare, so its budget goes up."""
    judged = _poisson(2.0, 10)
    low, high = judged.limits(1e-3)
    assert (low == 0).all()
    assert (high == 7).all()


@settings(deadline=None)
@given(st.floats(0.2, 30.0), st.floats(0.05, 2.0), st.integers(0, 60))
def test_overdispersed_counts_follow_the_negative_binomial(mean, extra, count):
    from scipy.stats import nbinom

    size = 1 / extra
    truth = nbinom(size, size / (size + mean))
    np.testing.assert_allclose(at_most(np.array([count]), np.array([mean]), extra), truth.cdf(count), rtol=1e-6)
    np.testing.assert_allclose(
        at_least(np.array([float(count)]), np.array([mean]), extra), truth.sf(count - 1), rtol=1e-6, atol=1e-12
    )


def test_small_counts_are_told_from_other_numbers():
    source = np.random.default_rng(1)
    assert are_small_counts(source.poisson(3, 300).astype(float))
    assert are_small_counts(source.poisson(0.05, 300).astype(float))
    assert not are_small_counts(source.normal(10, 1, 300))
    assert not are_small_counts(source.poisson(500, 300).astype(float))
    assert not are_small_counts(source.binomial(10, 0.9, 300).astype(float))  # varies less than events do
    assert not are_small_counts(np.full(5, np.nan))


def test_dispersion_is_found_and_outliers_may_be_left_out():
    source = np.random.default_rng(2)
    counts = source.negative_binomial(2, 2 / (2 + 5), 4000).astype(float)
    np.testing.assert_allclose(fit_counts(counts, np.full(4000, 5.0), np.zeros(4000, bool)).extra, 0.5, rtol=0.2)
    plain = source.poisson(5, 4000).astype(float)
    plain[:5] = 500
    for left_out in (np.arange(4000) < 5, np.zeros(4000, bool)):  # robust even if nobody leaves them out
        assert fit_counts(plain, np.full(4000, 5.0), left_out).extra < 0.03
