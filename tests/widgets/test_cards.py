from __future__ import annotations

import math
import re

import pytest

from analytics_lib.widgets.cards import Kpi, KpiCard, card_html, sparkline


def test_a_card_shows_the_number_and_its_change():
    html = card_html(Kpi("Active people", 457, 450))

    assert "457" in html
    assert "▲ +1.6 %" in html
    assert "from 450" in html


@pytest.mark.parametrize(
    ("value", "before", "words"),
    [(46 / 399, 32 / 411, "▲ +3.7 points"), (0.466, 0.822, "▼ −35.6 points"), (0.05, 0.0, "▲ +5.0 points")],
)
def test_the_change_of_a_share_is_told_in_points_as_the_report_tells_it(value, before, words):
    html = card_html(Kpi("Conversion", value, before, "percent"))

    assert f"{words}<span" in html
    assert 'class="change ' + ("good" if value > before else "bad") in html


@pytest.mark.parametrize(("up_is_good", "mood"), [(True, "bad"), (False, "good")])
def test_a_fall_is_good_or_bad_by_what_is_counted(up_is_good, mood):
    assert f'"change {mood}"' in card_html(Kpi("Time", 50, 100, up_is_good=up_is_good))


@pytest.mark.parametrize("before", [None, 0, math.nan])
def test_a_change_that_can_not_be_told_is_not_invented(before):
    assert Kpi("Events", 10, before).change is None
    assert "no comparison" in card_html(Kpi("Events", 10, before))


def test_where_there_is_no_period_before_none_is_missed():
    assert "comparison" not in card_html(Kpi("Clicks", 10, compared=False))


@pytest.mark.parametrize(
    ("value", "text"), [(0.03, "0.03"), (0.12345, "0.123"), (0.00001, "0.0000"), (16.666, "16.67")]
)
def test_a_small_number_has_no_idle_zeros_and_nearly_nothing_is_not_nothing(value, text):
    assert f'<div class="value">{text}</div>' in card_html(Kpi("Flags", value))


def test_a_hidden_number_is_a_dash_never_zero():
    assert '<div class="value">–</div>' in card_html(Kpi("People", None, None))


def test_a_gap_breaks_the_small_line():
    drawn = sparkline([1, 2, None, 3, 4])

    assert drawn.count("<polyline") == 2


def test_the_small_line_stays_inside_its_box():
    places = [float(y) for y in re.findall(r",(-?[\d.]+)", sparkline([0, 5, 10]).split('points="')[1].split('"')[0])]

    assert min(places) >= 0
    assert max(places) <= 30


def test_a_card_is_updated_in_place():
    card = KpiCard(Kpi("Events", 1))

    card.show(Kpi("Events", 2))

    assert card.kpi.value == 2
