import json

from analytics_lib.statistics.calibration.certificate import as_json, programs, simulate, write_certificate
from analytics_lib.statistics.calibration.checks import Check, all_checks, measure, rate_of
from analytics_lib.statistics.calibration.page import Row


def row(name, share):
    check = Check(name=name, method="trend", nominal=0.05, high=0.075, trial=float)
    ours = rate_of([1.0] * round(share * 1000) + [0.0] * (1000 - round(share * 1000)))
    return Row(check, ours, {"another": rate_of([1.0] * 4 + [0.0] * 6), "absent": None}, 1.5)


def test_the_data_carry_every_number_of_the_page(tmp_path):
    page, data = write_certificate([row("white noise", 0.05)], tmp_path / "made")
    [check] = json.loads(data.read_text())["checks"]
    assert (check["nominal"], check["ours"]["rate"], check["kept"]) == (0.05, 0.05, True)
    assert check["peers"]["another"]["rate"] == 0.4
    assert check["peers"]["absent"] is None
    assert json.loads(as_json([row("white noise", 0.05)]))["checks"][0] == check
    assert page.read_text().startswith("<!doctype html>")


def test_the_programs_that_took_part_are_named():
    found = programs()
    assert found["scipy"][0].isdigit()
    assert set(found) >= {"numpy", "statsmodels", "pymannkendall", "ruptures"}


def test_workers_measure_what_one_process_measures():
    check = next(check for check in all_checks() if check.name.startswith("sound 50/50 split"))
    [found] = simulate([check], processes=1, scale=0.02)
    assert found.ours == measure(check, trials=20)
    assert found.peers["chi-square at every look"].rate > 0.2
