import numpy as np
import pytest

from analytics_lib.statistics.calibration.trend_checks import CHECKS


def test_every_null_of_the_promise_is_there():
    names = " ".join(check.name for check in CHECKS)
    for words in (
        "white noise",
        "AR(1) 0.6",
        "AR(1) 0.9",
        "random walk",
        "season",
        "Poisson",
        "outliers",
        "slope 0.015",
    ):
        assert words in names


def test_peers_reject_more_than_they_say_on_red_noise():
    check = next(check for check in CHECKS if "AR(1) 0.9, n 100" in check.name)
    for peer in ("Mann–Kendall", "least squares + HAC"):
        assert np.mean([check.peers[peer](seed) for seed in range(40)]) > 0.2


def test_a_peer_that_is_not_installed_says_so():
    pytest.importorskip("numpy")
    check = CHECKS[0]
    try:
        assert check.peers["Hamed–Rao"](0) in {0.0, 1.0}
    except ImportError as missing:
        assert "pymannkendall" in str(missing)  # noqa: PT017 - installed or not, both are fine
