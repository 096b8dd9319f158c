import numpy as np
import pytest
from scipy.ndimage import median_filter

from analytics_lib.statistics.changepoint_noise import (
    REDNESS,
    WHITENING,
    _running_median,
    innovation_rows,
    misfit,
    single_misfits,
    split_misfits,
)

WHITE = int(np.flatnonzero((REDNESS == 0) & (WHITENING == 0))[0])


def _noise(length: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, length)  # bounded: nothing is drawn in


def test_the_running_median_is_scipys() -> None:
    rows = np.random.default_rng(1).normal(size=(3, 40))

    np.testing.assert_array_equal(_running_median(rows, 11), median_filter(rows, size=(1, 11), mode="mirror"))


@pytest.mark.parametrize("sloped", [True, False])
def test_misfits_are_those_of_least_squares(sloped: bool) -> None:
    values = _noise(50)
    rows = innovation_rows(values, np.arange(50))
    degree = 1 if sloped else 0

    for colour in (WHITE, 4):
        inside = slice(11, 30)
        x = values[inside] - REDNESS[colour] * values[10:29]
        left = x - np.polyval(np.polyfit(np.arange(19), x, degree), np.arange(19))
        assert misfit(rows, 10, 30, sloped=sloped)[colour] == pytest.approx((left**2).sum(), rel=1e-6)


def test_all_splits_at_once_equal_each_split_alone() -> None:
    rows = innovation_rows(_noise(40), np.arange(40))
    together = split_misfits(rows, 3, 35, 5, sloped=True)
    alone = [misfit(rows, 3, at, sloped=True) + misfit(rows, at, 35, sloped=True) for at in range(8, 31)]

    np.testing.assert_allclose(together, np.array(alone).T, atol=1e-9)


def test_leaving_one_innovation_out_explains_what_refitting_without_it_does() -> None:
    values = _noise(30)
    rows = innovation_rows(values, np.arange(30))
    places = np.arange(1, 30)

    for at in (1, 12, 29):
        kept = places[places != at]
        left = values[kept] - np.polyval(np.polyfit(kept, values[kept], 1), kept)
        expected = misfit(rows, 0, 30, sloped=True)[WHITE] - (left**2).sum()
        assert single_misfits(rows, 0, 30, sloped=True)[WHITE, at] == pytest.approx(expected, rel=1e-6)


def test_an_outlier_counts_no_more_than_six_deviations() -> None:
    values = _noise(200)
    plain = innovation_rows(values, np.arange(200)).innovations[WHITE].std()
    values[100] = 1000.0

    assert innovation_rows(values, np.arange(200)).innovations[WHITE].std() < 1.6 * plain


def test_observations_after_a_gap_are_not_compared_with_the_one_before_it() -> None:
    positions = np.concatenate([np.arange(20), np.arange(25, 50)])
    weights = innovation_rows(_noise(45), positions).weights

    assert np.flatnonzero(weights == 0).tolist() == [0, 20]


def test_a_series_of_single_days_counts_as_a_row() -> None:
    assert innovation_rows(_noise(30), np.arange(0, 60, 2)).weights[1:].all()


def test_heavy_and_lopsided_noise_is_recognised() -> None:
    source = np.random.default_rng(2)
    normal = innovation_rows(source.normal(size=2000), np.arange(2000))
    lopsided = innovation_rows(source.exponential(size=2000), np.arange(2000))

    assert normal.skewness[WHITE] < 0.05
    assert normal.excess[WHITE] < 0.1
    assert lopsided.skewness[WHITE] > 0.8
