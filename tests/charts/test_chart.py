from __future__ import annotations

import re

import pandas as pd

from analytics_lib.charts.chart import Chart, LegendEntry, empty_chart
from analytics_lib.charts.lines import draw_lines
from analytics_lib.charts.theme import new_figure


def chart(title: str = "Users per day") -> Chart:
    frame = pd.DataFrame({"day": pd.to_datetime(["2024-05-01", "2024-05-02"]), "users": [3, 5]})
    return draw_lines(frame, x="day", y="users", title=title)


def test_a_chart_is_a_figure_with_an_accessible_name():
    html = chart().to_html()

    assert 'aria-label="Users per day. 2 values from 2024-05-01 to 2024-05-02; lowest 3, highest 5."' in html
    assert "<figcaption>" in html


def test_a_title_can_not_smuggle_markup_into_a_page():
    html = chart('"><img src=x onerror=alert(1)>').to_html()

    assert "<img" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


def test_legend_names_are_text():
    entry = LegendEntry("<b>mobile</b>", "#000000", "dotted").to_html()

    assert "&lt;b&gt;mobile" in entry
    assert "dotted #000000" in entry


def test_paper_gets_a_vector_drawing_without_tools_that_fits_the_page():
    drawn = chart()

    drawn.to_html(static=True)

    assert drawn.figure.output_backend == "svg"
    assert drawn.figure.toolbar_location is None
    assert drawn.figure.max_width <= 680  # 210 mm less two margins of 15 mm, at 96 pixels an inch


def test_the_html_asks_for_nothing_from_outside():
    assert not re.search(r"""(src|href)=["']?https?:""", chart().to_html())


def test_no_data_is_a_picture_that_says_so():
    drawn = empty_chart("Users", "No events in May")

    assert drawn.description == "No events in May."
    assert "No events in May" in drawn.to_html()


def test_the_same_figure_can_be_written_twice():
    drawn = Chart(new_figure(title="t", x_label="x", y_label="y"), "t")

    assert drawn.to_html()
    assert drawn.to_html()


def test_on_paper_a_figure_is_low_unless_a_height_was_asked_for():
    frame = pd.DataFrame({"period": [0, 1], "users": [1, 2]})
    usual, asked = (draw_lines(frame, x="period", y="users", title="U", **given) for given in ({}, {"height": 400}))

    for chart in (usual, asked):
        chart.to_html(static=True)

    assert (usual.figure.height, asked.figure.height) == (230, 400)
