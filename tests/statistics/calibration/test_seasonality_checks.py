import numpy as np

from analytics_lib.statistics.calibration.seasonality_checks import CHECKS


def test_every_null_of_the_promise_is_there():
    names = " ".join(check.name for check in CHECKS)
    for words in ("white noise", "AR(1) 0.7", "random walk", "24 h", "168 h"):
        assert words in names


def test_the_usual_rules_invent_periods_on_red_noise():
    check = next(check for check in CHECKS if "AR(1) 0.7" in check.name)
    for peer in check.peers.values():
        assert np.mean([peer(seed) for seed in range(30)]) > 0.5
