import json

from analytics_lib.statistics.calibration.certificate import Row, as_html, as_json, write_certificate
from analytics_lib.statistics.calibration.checks import Check, rate_of


def row(name, share, *, nominal=0.05, high=0.075):
    check = Check(name=name, method="trend", nominal=nominal, high=high, trial=float)
    ours = rate_of([1.0] * round(share * 1000) + [0.0] * (1000 - round(share * 1000)))
    return Row(check, ours, {"another": rate_of([1.0] * 4 + [0.0] * 6), "absent": None}, 1.5)


def test_the_page_shows_promised_and_realised_rates_and_the_others():
    page = as_html([row("white noise", 0.05), row("<red> noise", 0.5)])
    assert "1 of 2 promises kept" in page
    assert "50.0 % (46.9 % – 53.1 %; 1,000 trials)" in page
    assert "another 40.0 %, absent not installed" in page
    assert "&lt;red&gt; noise" in page
    assert 'class="broken">broken' in page


def test_the_page_needs_nothing_from_outside():
    page = as_html([row("white noise", 0.05)])
    assert "http" not in page
    assert "<script" not in page


def test_small_rates_are_written_per_thousand():
    assert "1.00 ‰" in as_html([row("flags", 0.001, nominal=0.001, high=0.002)])


def test_the_data_carry_every_number_of_the_page(tmp_path):
    page, data = write_certificate([row("white noise", 0.05)], tmp_path / "made")
    [check] = json.loads(data.read_text())["checks"]
    assert (check["nominal"], check["ours"]["rate"], check["kept"]) == (0.05, 0.05, True)
    assert check["peers"]["another"]["rate"] == 0.4
    assert check["peers"]["absent"] is None
    assert json.loads(as_json([row("white noise", 0.05)]))["checks"][0] == check
    assert page.read_text().startswith("<!doctype html>")
