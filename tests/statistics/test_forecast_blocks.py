"""Whole blocks at once against one step after the other, as the textbooks write it."""

import numpy as np
import pytest

from analytics_lib.statistics.forecast_blocks import Course


def _course(periods: tuple[int, ...], length: int, settings: int = 5) -> Course:
    source = np.random.default_rng(4)
    level, slope, memory = source.uniform(0.02, 0.9, (3, settings))
    damping = np.array([1.0, 0.9, 0.98, 0.9, 1.0])
    tables = [np.zeros((settings, length + period)) for period in periods]
    for table, period in zip(tables, periods, strict=True):
        table[:, :period] = source.normal(size=(settings, period))
    return Course(
        parts=source.normal(size=(settings, 3)), fading=np.column_stack([np.ones(settings), damping, memory]),
        taken=np.column_stack([level, 0.1 * slope * level, memory / 2]), periods=periods, tables=tables,
        season_taken=[source.uniform(0, 0.1, (settings, 1)) for _ in periods],
    )  # fmt: skip


def _step_by_step(course: Course, setting: int, values: np.ndarray) -> tuple[list[float], list[list[float]]]:
    """Write the recursion of one setting out: what was off, and level, rise and lasting error after each step."""
    level, rise, error = course.parts[setting]
    seasons = [table[setting, :period].copy() for table, period in zip(course.tables, course.periods, strict=True)]
    off, after = [], []
    for place, value in enumerate(values):
        expected = level + rise + error + sum(season[place % len(season)] for season in seasons)
        surprise = 0.0 if np.isnan(value) else value - expected
        level, rise, error = (
            level + rise + course.taken[setting, 0] * surprise,
            course.fading[setting, 1] * rise + course.taken[setting, 1] * surprise,
            course.fading[setting, 2] * error + course.taken[setting, 2] * surprise,
        )
        for season, taken in zip(seasons, course.season_taken, strict=True):
            season[place % len(season)] += taken[setting, 0] * surprise
        off.append(surprise)
        after.append([level, rise, error])
    return off, after


@pytest.mark.parametrize("periods", [(), (2,), (7,), (24, 50)])
@pytest.mark.parametrize("gaps", [0.0, 0.03, 0.5])
def test_blocks_give_what_steps_give(periods: tuple[int, ...], gaps: float) -> None:
    source = np.random.default_rng(5)
    values = source.normal(10, 2, 203)
    values[source.random(203) < gaps] = np.nan
    course = _course(periods, len(values))
    expected = [_step_by_step(course, setting, values) for setting in range(len(course.parts))]
    origins = np.array([0, 1, 99, 202])

    surprises = course.run(values)
    parts = course.parts_at(origins, surprises)

    for setting, (off, after) in enumerate(expected):
        np.testing.assert_allclose(surprises[setting], off, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(parts[setting], np.array(after)[origins], rtol=1e-9, atol=1e-9)
