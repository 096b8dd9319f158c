from analytics_lib.statistics.calibration.changepoints_checks import CHECKS


def test_every_null_of_the_promise_is_simulated():
    names = " ".join(check.name for check in CHECKS)
    for null in ("AR(1) 0,", "AR(1) 0.9", "t3", "lognormal", "Poisson", "linear trend", "with a day"):
        assert null in names


def test_no_null_may_alarm_in_more_than_a_tenth_of_series():
    assert all(check.high <= 0.1 for check in CHECKS if check.name.startswith("no change"))
