"""k-means and its agreement, against other programs and a slow count."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.cluster.vq import kmeans2

from analytics_lib.statistics.clustering import (
    adjusted_rand,
    k_means,
    nearest_centre,
    one_cloud_p_value,
    stability,
    within,
)

RANDOM = np.random.default_rng(5)
CLOUD = RANDOM.standard_normal((300, 2))
GROUPS = np.concatenate([CLOUD[:100], CLOUD[100:200] + 8, CLOUD[200:] - [8, -8]])


def test_groups_are_at_least_as_tight_as_those_of_scipy() -> None:
    ours = k_means(GROUPS, 3)

    centres, labels = kmeans2(GROUPS, 3, minit="++", seed=1, iter=50)

    assert within(GROUPS, *ours) <= within(GROUPS, labels.astype("int64"), centres) * (1 + 1e-9)
    assert sorted(np.bincount(ours[0]).tolist()) == [100, 100, 100]


def test_the_best_split_of_few_rows_is_found() -> None:
    values = RANDOM.standard_normal((9, 1)) * [3.0]
    splits = [np.array(one) for one in itertools.product([0, 1], repeat=9) if 0 < sum(one) < 9]
    best = min(within(values, one, np.array([values[one == side].mean(axis=0) for side in (0, 1)])) for one in splits)

    assert within(values, *k_means(values, 2)) == pytest.approx(best)


def test_agreement_equals_a_count_of_all_pairs() -> None:
    first, second = RANDOM.integers(0, 3, 40), RANDOM.integers(0, 4, 40)
    both = one = other = total = 0
    for a, b in itertools.combinations(range(40), 2):
        same, too = first[a] == first[b], second[a] == second[b]
        both, one, other, total = both + (same and too), one + same, other + too, total + 1
    chance = one * other / total

    assert adjusted_rand(first, second) == pytest.approx((both - chance) / ((one + other) / 2 - chance))


def test_agreement_of_a_textbook_example() -> None:
    """The example of scikit-learn's manual: 0.24 for these two splits."""
    assert adjusted_rand(np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])) == pytest.approx(0.2424, abs=1e-4)


def test_groups_are_found_again_and_a_round_cloud_is_not() -> None:
    assert stability(GROUPS, 3) > 0.99
    assert stability(CLOUD, 4) < 0.8


def test_a_long_cloud_is_stable_and_yet_no_groups() -> None:
    long = np.random.default_rng(8).standard_normal((2_000, 2)) * [6.0, 1.0]

    assert stability(long, 2) > 0.8
    assert one_cloud_p_value(long, 2) > 0.05
    assert one_cloud_p_value(GROUPS, 3) == 1 / 50


def test_rows_go_to_the_nearest_centre() -> None:
    centres = RANDOM.standard_normal((4, 2))

    slow = [min(range(4), key=lambda one: ((row - centres[one]) ** 2).sum()) for row in CLOUD]

    assert nearest_centre(CLOUD, centres).tolist() == slow
