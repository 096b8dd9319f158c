from __future__ import annotations

from analytics_lib.charts.styles import RULES, STYLE


def test_the_style_that_travels_with_each_chart_is_small():
    assert len(STYLE) < 3000


def test_colours_come_from_the_page_first_then_jupyterlab_then_plain():
    assert "var(--analytics-muted, var(--jp-ui-font-color2, #" in RULES


def test_axis_text_and_grid_follow_the_page():
    for variable in ("--bk-major-label-text-color", "--bk-axis-label-text-color", "--bk-grid-line-color"):
        assert variable in RULES


def test_what_scrolls_shows_it_on_a_screen_where_the_browser_can_follow_and_never_on_paper():
    fades = RULES[RULES.index("@media screen") :]

    assert "@supports (animation-timeline: scroll())" in fades
    assert "mask:" in fades
    assert "mask:" not in RULES[: RULES.index("@media screen")]
