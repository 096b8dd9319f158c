import math

import numpy as np
import pytest

from analytics_lib.statistics.proportions import share_difference, wilson_bounds


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), Stat. Med. 17, 873-890, table II, method 10; first minus second there
        pytest.param((56, 70), (48, 80), 0.0524, 0.3339, id="a"),
        pytest.param((9, 10), (3, 10), 0.1705, 0.8090, id="b"),
        pytest.param((5, 56), (0, 29), -0.0381, 0.1926, id="d"),
        pytest.param((0, 10), (0, 20), -0.1611, 0.2775, id="e"),
        pytest.param((10, 10), (0, 20), 0.6791, 1.0000, id="g"),
        pytest.param((10, 10), (0, 10), 0.6075, 1.0000, id="h"),
    ],
)
def test_the_interval_of_two_shares_is_the_published_one(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = share_difference((second[0] / second[1], second[1]), (first[0] / first[1], first[1]), 0.95)

    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_the_score_test_is_pearsons_chi_square() -> None:
    from scipy.stats import chi2_contingency

    expected = chi2_contingency([[211, 412], [1745, 466]], correction=False).pvalue

    assert share_difference((211 / 623, 623), (1745 / 2211, 2211), 0.95).p_value == pytest.approx(expected, rel=1e-9)


def test_no_successes_at_all_are_no_evidence() -> None:
    found = share_difference((0.0, 50), (0.0, 50), 0.95)

    assert found.p_value == 1.0
    assert found.low < 0 < found.high


def test_the_bounds_of_nobody_are_unknown() -> None:
    assert all(math.isnan(bound) for bound in wilson_bounds(0.0, 0, 0.95))


def test_wilson_bounds_agree_with_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    for successes, trials in [(0, 7), (3, 50), (50, 50)]:
        expected = proportion_confint(successes, trials, method="wilson")
        np.testing.assert_allclose(wilson_bounds(successes / trials, trials, 0.95), expected, atol=1e-12)
