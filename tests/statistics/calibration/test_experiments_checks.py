import numpy as np
import pytest

from analytics_lib.statistics.calibration.checks import measure
from analytics_lib.statistics.calibration.experiments_checks import CHECKS, _reaches
from analytics_lib.statistics.intervals import FEWEST_USERS, Contrast, always_valid

WATCHED = [check for check in CHECKS if check.name.startswith("A/A")]


def test_the_three_kinds_of_data_are_watched():
    assert len(WATCHED) == 3
    assert all(check.high == 0.055 for check in WATCHED)


@pytest.mark.parametrize("check", WATCHED, ids=[check.name for check in WATCHED])
def test_a_t_test_that_is_watched_breaks_its_promise_on_the_same_data(check):
    # a third or more of sound experiments, from published simulations of peeking
    assert measure(check, trials=60, peer="scipy t-test at every look").rate > 0.25


def test_the_simulated_boundary_is_the_one_users_get():
    for place in (0, 100, 5000):
        users = 2 * (FEWEST_USERS + place)
        found = always_valid(Contrast(0.0, 1.0, users, 1.0), 0.95)
        assert found.high == pytest.approx(_reaches()[place])
    assert np.all(np.diff(_reaches()[:1000]) < 0)
