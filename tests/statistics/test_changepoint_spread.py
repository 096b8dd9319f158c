import numpy as np

from analytics_lib.statistics.changepoint_spread import spread_changes


def test_noise_that_becomes_three_times_as_loud_is_found() -> None:
    loud = np.random.default_rng(1).normal(size=400) * np.where(np.arange(400) < 250, 1, 3)
    found, p_values = spread_changes(loud, np.arange(400), 0.05)

    assert len(found.starts) == 1
    assert abs(found.starts[0] - 250) <= 15
    assert p_values[0] < 0.001


def test_even_noise_has_no_change_of_spread() -> None:
    source = np.random.default_rng(2)
    alarms = [len(spread_changes(source.normal(size=300), np.arange(300), 0.05)[0].starts) > 0 for _ in range(60)]

    assert sum(alarms) <= 6


def test_too_few_or_silent_values_say_nothing() -> None:
    assert spread_changes(np.arange(30.0), np.arange(30), 0.05)[0].starts == ()
    assert spread_changes(np.zeros(100), np.arange(100), 0.05)[0].starts == ()


def test_a_long_series_is_searched_in_blocks_and_placed_to_the_block() -> None:
    noise = np.random.default_rng(3).normal(size=20_000) * np.where(np.arange(20_000) < 12_000, 1.0, 1.5)

    found, p_values = spread_changes(noise, np.arange(20_000), 0.05)

    assert len(found.starts) == 1
    assert abs(found.starts[0] - 12_000) < 150
    assert p_values[0] < 1e-6
