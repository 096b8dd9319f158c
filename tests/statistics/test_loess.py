import numpy as np
import pytest

from analytics_lib.statistics import loess as module
from analytics_lib.statistics.calibration import nulls
from analytics_lib.statistics.loess import loess


def by_hand(values, weights, window, degree, point):
    """Local regression at one point, straight from its definition."""
    length = len(values)
    reach = min(window, length)
    left = min(max(point - (window - 1) // 2, 0), length - reach)
    places = np.arange(left, left + reach)
    width = max(point - left, left + reach - 1 - point) + max(0, (window - length) // 2)
    kernel = np.clip(1 - (np.abs(places - point) / width) ** 3, 0, None) ** 3 * weights[places]
    return np.polyval(np.polyfit(places - point, values[places], degree, w=np.sqrt(kernel)), 0)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("degree", [0, 1])
@pytest.mark.parametrize("window", [5, 11, 31, 61])
def test_each_point_is_a_weighted_regression_on_its_neighbours(window, degree, weighted):
    values = nulls.random_walk(1, 40)
    weights = np.random.default_rng(2).random(40) if weighted else np.ones(40)
    smooth = loess(values[:, None], window, weights=weights[:, None] if weighted else None, degree=degree)[:, 0]
    expected = [by_hand(values, weights, window, degree, point) for point in range(40)]
    np.testing.assert_allclose(smooth, expected, atol=1e-3)  # the original flattens the kernel's outermost thousandth


def test_a_straight_line_stays_as_it_is():
    line = 3.0 + 0.5 * np.arange(50)[:, None]
    np.testing.assert_allclose(loess(line, 13), line, atol=1e-9)
    np.testing.assert_allclose(loess(line, 13, beyond=True)[[0, -1], 0], [2.5, 28.0], atol=1e-9)


def test_what_weighs_nothing_does_not_matter():
    values = nulls.random_walk(3, 60)
    weights = np.ones(60)
    weights[[4, 30, 31, 59]] = 0
    wild = np.where(weights == 0, 1e9, values)
    same = loess(values[:, None], 11, weights=weights[:, None])
    np.testing.assert_allclose(loess(wild[:, None], 11, weights=weights[:, None]), same, atol=1e-4)


def test_a_point_without_any_neighbour_is_unknown():
    weights = np.ones((60, 1))
    weights[20:40] = 0
    smooth = loess(np.ones((60, 1)), 7, weights=weights)[:, 0]
    assert np.flatnonzero(np.isnan(smooth)).tolist() == list(range(22, 38))


def test_columns_are_smoothed_apart():
    table = np.column_stack([nulls.random_walk(seed, 30) for seed in range(4)])
    together = loess(table, 9)
    for place in range(4):
        np.testing.assert_allclose(together[:, place], loess(table[:, [place]], 9)[:, 0], atol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_long_columns_are_fitted_in_one_slide_with_the_same_result(weighted, monkeypatch):
    values = nulls.random_walk(5, 500)[:, None]
    weights = (np.random.default_rng(1).random((500, 1)) > 0.2).astype(float) if weighted else None
    plain = loess(values, 41, weights=weights, jump=4)
    monkeypatch.setattr(module, "_CELLS", 100)
    np.testing.assert_allclose(loess(values, 41, weights=weights, jump=4), plain, atol=1e-10)


def test_one_value_is_its_own_smooth():
    assert loess(np.array([[5.0]]), 7, beyond=True).ravel().tolist() == [5, 5, 5]
