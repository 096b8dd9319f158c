"""The mean over shapes agrees with scipy's distributions, and with the same sum written out by hand."""

import itertools

import numpy as np
import pytest
from scipy import stats

from analytics_lib.statistics import anomaly_shapes
from analytics_lib.statistics.anomaly_beliefs import ANOMALOUS, BOUNDED, FAR, SIDES, STUDENT, beliefs_about
from analytics_lib.statistics.anomaly_letters import NORMAL
from analytics_lib.statistics.anomaly_shapes import EDGES, log_distances, trust_in_shapes


def _counts(values):
    places = np.searchsorted(EDGES, np.abs(values), side="right") - 1
    return np.array([np.bincount(places[side], minlength=len(EDGES)) for side in (values < 0, values >= 0)])


def _limit(values, chance=1e-3, side=1):
    """Give the distance beyond which lies the chance, above or below."""
    return float(np.exp(np.interp(-stats.norm.ppf(chance / 2), NORMAL, log_distances(_counts(values))[side])))


def _even(distribution, count):
    return distribution.ppf((np.arange(count) + 0.5) / count)


@pytest.mark.parametrize("count", [200, 400, 1000])
def test_normal_values_have_the_limit_of_normal_ones(count):
    assert _limit(_even(stats.norm, count)) == pytest.approx(3.29, rel=0.08)


@pytest.mark.parametrize("freedom", [3, 5])
def test_values_of_student_have_the_tail_that_scipy_knows(freedom):
    limit = _limit(_even(stats.t(freedom), 400))
    assert 0.5e-3 <= 2 * stats.t(freedom).sf(limit) <= 2e-3


def test_a_size_is_no_shape():
    assert _limit(1.2 * _even(stats.norm, 400)) == pytest.approx(1.2 * _limit(_even(stats.norm, 400)), rel=0.05)


@pytest.mark.parametrize("spikes", [1, 2, 4])
def test_values_that_stand_alone_lengthen_nothing_and_those_at_the_end_of_a_filled_way_do(spikes):
    far, way = np.linspace(5.0, 6.0, spikes), np.linspace(2.7, 5.0, 8) * np.tile([1, -1], 4)
    assert _limit(np.append(_even(stats.norm, 200), far)) < 5.0
    assert _limit(np.append(_even(stats.norm, 200), [*far, *way])) > 6.0


def _chance(shape, edge):
    """Give scipy's chance of a distance or a larger one: by power, degrees of freedom, or None for Laplace."""
    kind, number, size = shape
    if kind == "power":
        return 2 * stats.gennorm(number, scale=size * 2 ** (1 / number)).sf(edge)
    if kind == "student":
        return 2 * (stats.norm if np.isinf(number) else stats.t(number)).sf(edge)
    return 2 * stats.laplace.sf(edge)


def _mixed(others, distance):
    """Sum over all models by hand: each shape's weight and its mean rarity."""
    beliefs = beliefs_about(int(others.sum()) + 1)
    shapes = [("power", power, size) for power, size in BOUNDED]
    shapes += [("student", freedom, 1.0) for freedom in STUDENT] + [("laplace", 0.0, 1.0)]
    edges = np.append(EDGES, np.inf)
    kinds = [(0.0, np.zeros(2 * len(EDGES)))]
    for share, (near, far), (low, high) in itertools.product(ANOMALOUS[1:], FAR, SIDES):
        one = np.diff(stats.loguniform(near, far).cdf(edges))
        kinds.append((share, np.concatenate([low * one, high * one])))
    weights, rarities = [], []
    for shape, weight in zip(shapes, beliefs.shapes, strict=True):
        total = beyond = 0.0
        for scale in np.exp(anomaly_shapes._SCALES):
            bins, rarity = -np.diff(_chance(shape, edges / scale)) / 2, float(_chance(shape, distance / scale))
            for (share, anomalous), prior in zip(kinds, beliefs.anomalies, strict=True):
                logarithms = np.log(np.maximum((1 - share) * np.tile(bins, 2) + share * anomalous, 1e-300))
                likelihood = weight * prior * np.exp(others.reshape(-1) @ logarithms + 2.9 * others.sum())
                total, beyond = total + likelihood, beyond + likelihood * rarity
        weights.append(total**beliefs.sharpness)
        rarities.append(beyond / total)
    return float(np.average(rarities, weights=weights))


@pytest.mark.parametrize("count", [60, 260, 400])
@pytest.mark.parametrize("side", [0, 1])
def test_the_rarity_is_the_mean_over_all_models_each_weighed_by_all_values_but_one(count, side):
    distance = float(anomaly_shapes._DISTANCES[64])
    counts = _counts(np.append(_even(stats.norm, count), distance if side else -distance))
    place = int(np.searchsorted(EDGES, distance, side="right") - 1)
    assert distance > 4.5
    others = counts.copy()
    others[side, place] -= 1
    assert anomaly_shapes._rarities(counts)[side, 64] == pytest.approx(_mixed(others, distance), rel=1e-6)


def test_many_values_say_their_shape_themselves_and_few_can_not():
    shares = [trust_in_shapes(count) for count in (24, 100, 400, 672, 1500, 10_000_000)]
    assert shares[:3] == [1, 1, 1]
    assert 0 < shares[3] < 1
    assert shares[4:] == [0, 0]


def test_a_value_between_normal_and_heavy_tails_is_judged_by_the_likelier_of_them():
    """The plain mean took the limit of 100 normal values to be 3.7 and more."""
    assert _limit(_even(stats.norm, 100)) == pytest.approx(3.29, rel=0.08)
    assert _limit(_even(stats.t(3), 100)) > 7.0


def test_values_on_one_side_are_anomalies_sooner_than_as_many_on_both():
    """A tail has two sides: six values from 3.2 to 5.4 above, none below, are none."""
    far = np.array([3.2, 3.5, 3.8, 4.1, 4.6, 5.4])
    assert _limit(np.append(_even(stats.norm, 200), far)) < 3.6
    assert _limit(np.append(_even(stats.norm, 200), far * np.tile([1, -1], 3))) > 5.4


def test_both_sides_are_judged_alike():
    values = np.append(_even(stats.t(5), 300), [5.5, 6.0])
    assert log_distances(_counts(values)) == pytest.approx(log_distances(_counts(-values - 1e-12))[::-1])
