import numpy as np
import pandas as pd
import pytest

from analytics_lib.statistics.calibration.checks import measure
from analytics_lib.statistics.calibration.experiments_checks import CHECKS, _heights, _reaches
from analytics_lib.statistics.compare import compare_variants
from analytics_lib.statistics.intervals import FEWEST_USERS, Contrast, always_valid

WATCHED = [check for check in CHECKS if check.name.startswith("A/A")]


def test_the_three_kinds_of_data_are_watched():
    assert len(WATCHED) == 3
    assert all(check.high == 0.055 for check in WATCHED)


@pytest.mark.parametrize("check", WATCHED, ids=[check.name for check in WATCHED])
def test_a_t_test_that_is_watched_breaks_its_promise_on_the_same_data(check):
    # a third or more of sound experiments, from published simulations of peeking
    assert measure(check, trials=60, peer="scipy t-test at every look").rate > 0.25


def test_ten_tests_of_one_experiment_find_something_too_often():
    [check] = [check for check in CHECKS if "among 10 metrics" in check.name]
    assert measure(check, trials=60, peer="scipy t-test of each").rate > 0.15


def test_the_simulated_boundary_is_the_one_users_get():
    for place in (0, 101, 10_000):
        users = 2 * FEWEST_USERS + place
        found = always_valid(Contrast(0.0, 1.0, users, 1.0), 0.95)
        assert found.high == pytest.approx(_reaches()[place])
    assert np.all(np.diff(_reaches()[:1000]) < 0)


def test_the_simulated_looks_are_those_of_the_analysis():
    source = np.random.default_rng(5).normal(size=(2, 10_000))  # the same draws as the simulation's
    for users in (16, 17, 1001):
        first, second = source[0, : (users + 1) // 2], source[1, : users // 2]
        frame = pd.DataFrame({"variant": ["a"] * len(first) + ["b"] * len(second), "x": [*first, *second]})
        row = compare_variants(frame, metric="x", control="a").frame.iloc[1]
        reach = float(row["high"] - row["low"]) / 2
        height = _heights(5, "normal")[users - 2 * FEWEST_USERS]
        assert abs(row["difference"]) / reach == pytest.approx(height / _reaches()[users - 2 * FEWEST_USERS])
