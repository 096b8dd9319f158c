import numpy as np

from analytics_lib.statistics.forecast_rolling import roll, scale_of, targets


def _noise(length: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=length)


def test_the_best_methods_of_a_random_walk_hold_the_last_value() -> None:
    walk = np.cumsum(_noise(400))
    rolled = roll(walk, 5, kind="number", step_seconds=86_400.0)

    assert abs(rolled.forecast[0] - walk[-1]) < 1
    assert any("last value" in method or "quick" in method for method in rolled.methods)


def test_the_best_methods_of_white_noise_stay_near_its_mean() -> None:
    rolled = roll(_noise(400) + 50, 10, kind="number", step_seconds=86_400.0)

    assert np.all(np.abs(rolled.forecast - 50) < 0.5)
    assert all("slow" in method for method in rolled.methods)


def test_errors_are_those_of_forecasts_that_knew_only_the_past() -> None:
    values = _noise(300) + np.tile([0, 3, 6, 3], 75)
    rolled = roll(values, 8, kind="number", step_seconds=3600.0)

    assert rolled.periods == (4,)
    assert rolled.origins[-1] == 299
    assert np.isnan(rolled.errors[-1]).all()
    assert 0.8 < np.nanstd(rolled.errors) < 1.5


def test_a_method_that_fits_counts_errs_evenly_on_the_root_scale() -> None:
    to, back = scale_of("count")

    np.testing.assert_allclose(back(to(np.array([0.0, 4, 9]))), [0, 4, 9])


def test_the_truth_after_an_origin_is_unknown_beyond_the_series() -> None:
    np.testing.assert_array_equal(targets(np.arange(4.0), np.array([1, 3]), 3), [[2, 3, np.nan], [np.nan] * 3])


def test_old_values_are_left_alone() -> None:
    assert roll(_noise(6000), 3, kind="number", step_seconds=60.0).first_place >= 2000


def test_three_values_are_enough_for_the_plainest_method() -> None:
    rolled = roll(np.array([1.0, 2.0, 3.0]), 2, kind="number", step_seconds=60.0)

    assert np.isfinite(rolled.forecast).all()
