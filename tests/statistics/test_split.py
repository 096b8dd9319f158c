import math

import numpy as np
import pandas as pd
import pytest

from analytics_lib.errors import ArgumentError
from analytics_lib.statistics.split import check_split, log_e_value


def test_the_published_split_has_the_published_p_value() -> None:
    found = check_split({"a": 1000, "b": 1100}, {"a": 0.5, "b": 0.5})

    assert found.p_value == pytest.approx(0.029096331741252, abs=5e-16)
    assert not found.mismatch


def test_any_weights_agree_with_scipy() -> None:
    from scipy.stats import chisquare

    counts, weights = np.array([480, 1010, 1540]), np.array([1, 2, 3])
    expected = chisquare(counts, weights / 6 * counts.sum())

    found = check_split(counts, weights)

    assert (found.chi_square, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))


def test_a_broken_split_is_called_one() -> None:
    found = check_split(pd.Series({"a": 49_000, "b": 51_000}))

    assert found.mismatch
    assert found.mismatch_any_time
    assert "find the cause" in found.notes[0]


def test_too_few_users_are_not_judged_by_chi_square() -> None:
    found = check_split([3, 4])

    assert math.isnan(found.p_value)
    assert pd.isna(found.mismatch)
    assert not found.mismatch_any_time


def test_a_variant_that_nobody_saw_counts_as_zero() -> None:
    assert check_split({"a": 100, "b": 0}).mismatch_any_time


def test_the_e_value_is_a_fair_bet_at_every_step() -> None:
    # a martingale: the expected value after one more user is the value now
    users, weights = np.array([7.0, 3.0, 5.0]), np.array([0.5, 0.2, 0.3])
    now = math.exp(log_e_value(users, weights))
    after = sum(weights[i] * math.exp(log_e_value(users + np.eye(3)[i], weights)) for i in range(3))

    assert after == pytest.approx(now, rel=1e-10)
    assert log_e_value(np.zeros(3), weights) == pytest.approx(0.0, abs=1e-12)


def test_watching_finds_49_to_51_almost_as_soon_as_a_planned_look() -> None:
    # about 42,700 users for a planned test at p < 0.001 and 80 % power
    source = np.random.default_rng(3)
    looks = np.arange(500, 120_001, 500)
    found = []
    for _ in range(60):
        firsts = np.cumsum(source.binomial(500, 0.49, len(looks)))
        hits = (
            users
            for users, first in zip(looks, firsts, strict=True)
            if log_e_value(np.array([first, users - first], float), np.array([0.5, 0.5])) >= math.log(1000)
        )
        found.append(next(hits, 200_000))

    assert np.median(found) <= 1.5 * 42_700


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([5], None), ([5, -1], None), ([5, 5.5], None), ([5, 5], [1, 0]), ([5, 5], [1]), ({"a": 1, "b": 1}, {"a": 1})],
)
def test_impossible_splits_are_refused(counts: object, expected: object) -> None:
    with pytest.raises(ArgumentError):
        check_split(counts, expected)
