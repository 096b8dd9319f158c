from __future__ import annotations

import pandas as pd

from analytics_lib.charts.bars import draw_bars
from analytics_lib.charts.lines import draw_lines
from analytics_lib.charts.patching import patch


def lines(values, **options):
    frame = pd.DataFrame({"period": range(len(values)), "users": values})
    return draw_lines(frame, x="period", y="users", title=options.pop("title", "Users"), **options)


def test_new_data_arrive_in_the_same_canvas():
    shown = lines([1, 2])
    canvas = shown.figure

    assert patch(shown, lines([5, 6, 7], title="Other users"))

    assert shown.source.data["y"].tolist() == [5, 6, 7]
    assert shown.figure is canvas
    assert canvas.title.text == "Other users"


def test_names_on_an_axis_follow_the_data():
    one, other = (
        draw_bars(pd.DataFrame({"event": names, "users": [1, 2]}), x="event", y="users", title="U")
        for names in (["a", "b"], ["c", "d"])
    )

    assert patch(one, other)
    assert one.figure.x_range.factors == ["c", "d"]


def test_a_selection_does_not_outlive_its_data():
    shown = lines([1, 2])
    shown.source.selected.indices = [1]

    patch(shown, lines([3]))

    assert shown.source.selected.indices == []


def test_another_format_or_other_parts_need_a_new_canvas():
    assert not patch(lines([1, 2]), lines([0.1, 0.2], value_format="percent"))
    assert not patch(lines([1, 2]), lines([]))


def test_an_axis_of_other_steps_needs_a_new_canvas():
    halves = pd.DataFrame({"period": [0.5, 1.5], "users": [1, 2]})

    assert not patch(lines([1, 2]), draw_lines(halves, x="period", y="users", title="Users"))
