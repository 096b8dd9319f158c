import pytest

from analytics_lib.statistics.calibration.checks import Check, Rate, all_checks, measure, rate_of

SHORT = [check for check in all_checks() if check.short]


@pytest.mark.parametrize("check", SHORT, ids=[check.name for check in SHORT])
def test_promises_hold_in_the_short_run(check):
    rate = measure(check, trials=check.short)
    assert rate.keeps(check), f"{check.name}: {rate} is not within {check.low} to {check.high}"


def test_names_are_unique_since_workers_look_them_up():
    names = [check.name for check in all_checks()]
    assert len(names) == len(set(names))


def test_the_interval_of_a_yes_or_no_rate_is_wilsons():
    # 10 of 100: 0.0552 to 0.1744 (Newcombe 1998, method 3)
    rate = rate_of([1.0] * 10 + [0.0] * 90)
    assert (round(rate.low, 4), round(rate.high, 4)) == (0.0552, 0.1744)


def test_shares_that_vary_little_are_known_better_than_yes_or_no():
    shares, answers = rate_of([0.4, 0.6] * 50), rate_of([0.0, 1.0] * 50)
    assert shares.rate == answers.rate == 0.5
    assert shares.high - shares.low < (answers.high - answers.low) / 3


def test_a_promise_is_broken_only_when_simulation_error_cannot_explain_it():
    check = Check(name="x", method="x", nominal=0.05, high=0.06, trial=lambda seed: seed % 10 == 0)
    assert measure(check, trials=20).keeps(check)
    assert not measure(check, trials=2000).keeps(check)
    assert Rate(0.05, 0.04, 0.06, 100).keeps(check)
