import re

from analytics_lib.statistics.calibration.checks import Check, rate_of
from analytics_lib.statistics.calibration.page import Row, as_html


def row(name, share, *, nominal=0.05, high=0.075, trials=1000):
    check = Check(name=name, method="trend", nominal=nominal, high=high, trial=float)
    ours = rate_of([1.0] * round(share * trials) + [0.0] * (trials - round(share * trials)))
    return Row(check, ours, {"another": rate_of([1.0] * 4 + [0.0] * 6), "absent": None}, 1.5)


def page(*rows):
    return as_html(rows, {"numpy": "2.4", "ruptures": "not installed"})


def test_the_page_shows_promised_and_realised_rates_and_the_others():
    made = page(row("white noise", 0.05), row("<red> noise", 0.5))
    assert "1 of 2 promises kept" in made
    assert "<b>50.0 %</b><br><small>46.9 % – 53.1 %; 1,000 trials</small>" in made
    assert "at most 7.5 %" in made
    assert "another <b>40.0 %</b>" in made
    assert "absent not installed" in made
    assert "&lt;red&gt; noise" in made
    assert 'class="broken">broken' in made
    assert "numpy 2.4, ruptures not installed" in made


def test_what_chance_explains_is_told_apart_from_what_holds_by_itself():
    held, within, broken = row("a", 0.07), row("b", 0.085), row("c", 0.2)
    assert [one.verdict for one in (held, within, broken)] == ["kept", "kept, within error", "broken"]
    assert "2 of 3 promises kept, 1 of them within simulation error" in page(held, within, broken)


def test_the_headline_holds_the_others_to_the_same_bar_and_names_who_was_absent():
    made = page(row("a", 0.05), row("b", 0.05))
    assert "The usual recipes kept 0 of 2." in made  # 40 % where 7.5 % are allowed
    assert "not measured: absent" in made


def test_the_strip_draws_every_rate_inside_its_frame():
    made = page(row("a", 0.0), row("b", 1.0))
    places = [float(place) for place in re.findall(r'cx="([\d.]+)"', made)]
    assert len(places) == 4  # ours and one other, twice
    assert all(0 <= place <= 180 for place in places)


def test_the_page_needs_nothing_from_outside():
    made = page(row("white noise", 0.05))
    assert "http" not in made
    assert "<script" not in made


def test_small_rates_are_written_per_thousand():
    assert "1.00 ‰" in page(row("flags", 0.001, nominal=0.001, high=0.002))


def test_a_stated_exception_is_shown_and_not_counted_as_kept():
    wide = Check(name="wide", method="trend", nominal=0.05, low=0.0, high=0.1, exception=True, trial=float)
    apart = Row(wide, rate_of([0.0] * 1000), {}, 1.0)
    assert apart.verdict == "exception"
    assert "1 of 1 promises kept. 1 stated exceptions are not counted." in page(row("a", 0.05), apart)
