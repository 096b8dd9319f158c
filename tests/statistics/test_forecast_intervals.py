import numpy as np
import pytest

from analytics_lib.statistics.forecast_intervals import interval_widths
from analytics_lib.statistics.forecast_rolling import Rolled


def _rolled(errors: np.ndarray, periods: tuple[int, ...] = ()) -> Rolled:
    count, horizon = errors.shape
    errors = errors.copy()
    for place in range(count):  # what lies beyond the newest origin is not known
        errors[place, max(0, count - 1 - place) :] = np.nan
    return Rolled(np.zeros(horizon), errors, np.arange(count), 1, periods, (), 0)


def _errors(seed: int, count: int, horizon: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, horizon))


def test_widths_are_quantiles_of_the_errors() -> None:
    widths = interval_widths(_rolled(_errors(1, 3000, 4)), 0.95)

    np.testing.assert_allclose(widths, 1.96, rtol=0.06)


def test_errors_that_grow_with_the_distance_widen_the_fan() -> None:
    widths = interval_widths(_rolled(_errors(2, 2000, 16) * np.sqrt(np.arange(1, 17))), 0.9)

    assert widths[15] / widths[0] == pytest.approx(4, rel=0.35)
    assert np.all(np.diff(widths) > -0.2)


def test_recent_misses_widen_and_long_quiet_narrows() -> None:
    calm = _errors(3, 600, 6)
    rough, quiet = calm.copy(), calm.copy()
    rough[-80:] *= 4
    quiet[-300:] *= 0.3

    assert interval_widths(_rolled(rough), 0.95)[0] > 1.3 * interval_widths(_rolled(calm), 0.95)[0]
    assert interval_widths(_rolled(quiet), 0.95)[0] < 0.9 * interval_widths(_rolled(calm), 0.95)[0]


def test_errors_that_last_are_few_and_widen_the_interval_more_than_those_that_fade() -> None:
    fading, lasting = _errors(4, 70, 30), np.repeat(_errors(4, 70, 1), 30, axis=1)
    apart = interval_widths(_rolled(lasting), 0.95)[:3].mean() / interval_widths(_rolled(fading), 0.95)[:3].mean()

    assert apart > 1.5  # Student's t of two stretches against that of seventeen: 4.30 / 2.11, and noise


def test_phases_that_err_more_get_wider_intervals() -> None:
    errors = _errors(5, 800, 8)
    phase = (np.arange(800)[:, None] + np.arange(1, 9)) % 4
    widths = interval_widths(_rolled(errors * np.where(phase == 2, 4.0, 1.0), (4,)), 0.95)

    later = (799 + np.arange(1, 9)) % 4
    assert widths[later == 2].mean() > 1.4 * widths[later != 2].mean()


def test_steps_without_errors_grow_like_a_walk_where_errors_last_and_not_where_they_fade() -> None:
    walks = interval_widths(_rolled(np.cumsum(_errors(6, 12, 10), axis=1)), 0.95)
    noise = interval_widths(_rolled(_errors(6, 400, 400)[:12]), 0.95)

    assert walks[9] / walks[6] == pytest.approx(np.sqrt(10 / 7), rel=1e-6)
    assert noise[399] / noise[6] < 1.1


def test_no_errors_at_all_are_unknown_and_none_ever_is_sure() -> None:
    assert np.isnan(interval_widths(_rolled(np.full((3, 2), np.nan)), 0.95)).all()
    assert np.all(interval_widths(_rolled(np.zeros((200, 2))), 0.95) < 1e-100)
