import numpy as np
import pytest

from analytics_lib.statistics.forecast_smoothing import (
    naive_forecasts,
    season_choices,
    smoothed_forecasts,
    smoothing_settings,
)


def _place(**wanted: object) -> int:
    settings = smoothing_settings(wanted.pop("periods", ()))
    return next(
        place
        for place, one in enumerate(settings)
        if all(getattr(one, name) == value for name, value in wanted.items())
    )


def _ahead(values: np.ndarray, periods: tuple[int, ...], origins: list[int], horizon: int) -> np.ndarray:
    steps = np.arange(1, horizon + 1)
    return smoothed_forecasts(values, periods, np.array(origins), steps, smoothing_settings(periods))


def test_simple_smoothing_is_that_of_statsmodels() -> None:
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    values = np.random.default_rng(1).normal(10, 1, 60)
    model = SimpleExpSmoothing(values, initialization_method="known", initial_level=values[:10].mean())
    expected = model.fit(smoothing_level=0.2, optimized=False).forecast(3)

    found = _ahead(values, (), [59], 3)[_place(level=0.2, slope=0.0), 0]

    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_damped_trends_are_those_of_statsmodels() -> None:
    from statsmodels.tsa.holtwinters import Holt

    values = np.cumsum(np.random.default_rng(2).normal(0.5, 1, 80))
    early, late = values[:5].mean(), values[5:10].mean()
    slope = (late - early) / 5
    model = Holt(
        values, damped_trend=True, initialization_method="known", initial_level=values[:10].mean() - 5 * slope,
        initial_trend=slope,
    )  # fmt: skip
    # statsmodels weighs the slope relative to the level as well
    expected = model.fit(smoothing_level=0.6, smoothing_trend=0.1, damping_trend=0.9, optimized=False).forecast(12)

    found = _ahead(values, (), [79], 12)[_place(level=0.6, slope=0.1, damping=0.9), 0]

    np.testing.assert_allclose(found, expected, rtol=0.02, atol=0.1)


def test_a_pure_season_is_continued_exactly() -> None:
    values = np.tile([1.0, 5.0, 3.0, 2.0], 12)
    origins = [30, 47]

    ahead = _ahead(values, (4,), origins, 6)

    for place, origin in enumerate(origins):
        going_on = np.tile(values[:4], 4)[(origin + 1) % 4 :][:6]
        np.testing.assert_allclose(ahead[:, place], np.broadcast_to(going_on, (len(ahead), 6)))


def test_a_forecast_knows_nothing_after_its_origin() -> None:
    values = np.random.default_rng(3).normal(size=50)
    changed = values.copy()
    changed[31:] = 1e6

    np.testing.assert_array_equal(_ahead(values, (5,), [30], 4), _ahead(changed, (5,), [30], 4))


def test_gaps_teach_nothing() -> None:
    values = np.full(40, 7.0)
    values[20:25] = np.nan

    np.testing.assert_allclose(_ahead(values, (), [24, 39], 3), 7.0)


def test_the_last_season_is_repeated_over_gaps() -> None:
    values = np.array([1.0, 2, 3, 4, np.nan, 6])

    steps = np.arange(1, 5)
    np.testing.assert_array_equal(naive_forecasts(values, 3, np.array([5]), steps), [[4, 2, 6, 4]])
    np.testing.assert_array_equal(naive_forecasts(values, 1, np.array([4, 5]), steps[:2]), [[4, 4], [6, 6]])
    assert np.isnan(naive_forecasts(values, 3, np.array([1]), steps[:1])).all()


def test_two_seasons_are_tried_together_and_alone() -> None:
    assert season_choices(()) == [()]
    assert season_choices((24, 168)) == [(24, 168), (24,), (168,)]
    assert "seasons of 24 and 168 steps" in str(smoothing_settings((24, 168))[0])


@pytest.mark.parametrize("words", ["slow smoothing", "lasting trend", "damped trend"])
def test_settings_have_words(words: str) -> None:
    assert any(words in str(setting) for setting in smoothing_settings(()))
