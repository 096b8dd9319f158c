from analytics_lib.statistics.calibration.checks import measure
from analytics_lib.statistics.calibration.correlation_checks import CHECKS


def test_wandering_and_independent_series_are_both_tried():
    names = " ".join(check.name for check in CHECKS)
    for words in ("white noise", "AR(1) 0.9", "random walks", "pearson interval", "spearman interval"):
        assert words in names


def test_the_usual_test_relates_random_walks():
    # Granger and Newbold (1974): three quarters of unrelated walks look related
    [check] = [check for check in CHECKS if "random walks" in check.name]
    assert measure(check, trials=60, peer="scipy pearsonr").rate > 0.6
