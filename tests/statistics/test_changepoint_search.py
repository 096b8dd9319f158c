import numpy as np
import pytest

from analytics_lib.statistics.changepoint_noise import innovation_rows
from analytics_lib.statistics.changepoint_search import (
    Price,
    Segmentation,
    best_segmentation,
    level_segmentation,
    redness_of,
    settled,
)


def _rows(values: np.ndarray) -> object:
    return innovation_rows(values, np.arange(len(values)))


def _noise(length: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=length)


def _settled(values: np.ndarray) -> Segmentation:
    return settled(_rows(values), best_segmentation(_rows(values), 0.05), 0.05)[0]


def test_steps_are_told_from_bends() -> None:
    time = np.arange(300)
    steps = _settled(_noise(300) + 4 * (time >= 100) - 6 * (time >= 200))
    bend = _settled(_noise(300) + 0.2 * np.maximum(time - 150, 0))

    assert not steps.sloped
    assert bend.sloped
    np.testing.assert_allclose(steps.starts, [100, 200], atol=2)
    np.testing.assert_allclose(bend.starts, [150], atol=8)


def test_a_pair_of_changes_that_cancel_is_found() -> None:
    time = np.arange(400)

    found = _settled(_noise(400) + 3 * ((time >= 180) & (time < 220)))

    np.testing.assert_allclose(found.starts, [180, 220], atol=2)


def test_a_needless_change_is_dropped_and_a_misplaced_one_moved() -> None:
    rows = _rows(_noise(200) + 4 * (np.arange(200) >= 120))

    found, p_values = settled(rows, Segmentation((40, 110), sloped=False), 0.05)

    assert len(found.starts) == 1
    assert abs(found.starts[0] - 120) <= 1
    assert p_values[0] < 1e-6


def test_level_stretches_must_beat_a_line() -> None:
    rising = _rows(0.05 * np.arange(300) + _noise(300))

    assert level_segmentation(rising, 0.05).starts == ()


def test_a_stricter_error_rate_costs_more() -> None:
    assert np.all(Price(sloped=True, error_rate=0.01).per_colour > Price(sloped=True, error_rate=0.05).per_colour)


def test_the_price_is_the_p_value_at_the_error_rate() -> None:
    price = Price(sloped=False, error_rate=0.02)

    assert price.rarity(0.0) == pytest.approx(0.02)
    assert price.rarity(10.0) < 0.001
    assert price.rarity(-100.0) == 1.0


def test_redness_is_measured_around_the_stretches() -> None:
    from scipy.signal import lfilter

    red = lfilter([1], [1, -0.8], _noise(600))
    shifted = red + 20 * (np.arange(600) >= 300)

    assert redness_of(_rows(shifted), Segmentation((300,), sloped=False)) == pytest.approx(0.8, abs=0.12)


def test_two_values_have_no_change() -> None:
    assert best_segmentation(_rows(np.array([1.0, 2.0, 5.0])), 0.05).starts == ()
