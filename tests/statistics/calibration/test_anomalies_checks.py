import numpy as np

from analytics_lib.statistics.calibration.anomalies_checks import CHECKS


def test_every_null_of_the_promise_is_there():
    names = " ".join(check.name for check in CHECKS)
    for words in (
        "Gaussian", "t3", "lognormal", "exponential", "Laplace", "uniform", "Poisson 2", "negative binomial",
        "AR(1) 0.3", "AR(1) 0.6", "AR(1) 0.8", "season 24", "season 7", "24 and 168", "same weekday", "5 sigma",
    ):  # fmt: skip
        assert words in names


def test_the_usual_recipe_flags_far_more_than_it_says():
    check = next(check for check in CHECKS if "season 24" in check.name)
    assert np.mean([check.peers["robust STL + MAD"](seed) for seed in range(2)]) > 0.005


def test_trials_are_shares():
    for check in (CHECKS[0], CHECKS[-1]):
        assert 0.0 <= check.trial(1) <= 1.0
