from __future__ import annotations

import pandas as pd

from analytics_lib.charts.chart import empty_chart
from analytics_lib.charts.lines import draw_lines
from analytics_lib.widgets.chart_view import ChartView


def lines(values):
    frame = pd.DataFrame({"period": range(len(values)), "users": values})
    return draw_lines(frame, x="period", y="users", title=f"{len(values)} values", selectable=True)


def test_new_data_keep_the_canvas():
    view = ChartView(lines([1, 2]))
    canvas = view.children[1]

    view.show(lines([3, 4, 5]))

    assert view.children[1] is canvas
    assert view.chart.title == "3 values"
    assert "3 values" in view.caption.value


def test_other_parts_get_a_new_canvas_and_the_old_one_is_closed():
    view = ChartView(lines([1, 2]))
    canvas = view.children[1]

    view.show(empty_chart("Nothing"))

    assert view.children[1] is not canvas
    assert canvas.comm is None


def test_a_pick_is_told_once_also_after_the_canvas_was_replaced():
    view, told = ChartView(lines([1, 2])), []
    view.on_pick(told.append)
    view.show(empty_chart("Nothing"))
    view.show(lines([1, 2, 3]))

    view.chart.source.selected.indices = [0, 2]

    assert told == [[0, 2]]


def test_our_own_picks_and_new_data_are_not_told():
    view, told = ChartView(lines([1, 2])), []
    view.on_pick(told.append)

    view.pick([1])
    view.show(lines([5, 6]))

    assert told == []
