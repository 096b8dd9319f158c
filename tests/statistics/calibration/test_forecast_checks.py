from analytics_lib.statistics.calibration.checks import measure
from analytics_lib.statistics.calibration.forecast_checks import CHECKS


def test_intervals_may_neither_be_too_narrow_nor_too_wide():
    assert all((check.low, check.nominal, check.high) == (0.93, 0.95, 0.97) for check in CHECKS)


def test_the_usual_recipe_can_be_measured_beside_ours():
    [check] = [check for check in CHECKS if "a day in" in check.name]

    assert 0 <= measure(check, trials=1, peer="statsmodels ETS").rate <= 1
