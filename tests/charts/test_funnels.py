from __future__ import annotations

import pandas as pd
from bokeh.models import ColumnDataSource

from analytics_lib.charts.funnels import draw_funnel
from analytics_lib.charts.patching import patch

STEPS = pd.DataFrame({"step": [1, 2, 3], "event": ["view", "cart", "view"], "users": [200, 50, 10],
                      "overall_rate": [1.0, 0.25, 0.05]})  # fmt: skip


def test_steps_run_from_top_to_bottom_and_one_event_may_be_two_steps():
    chart = draw_funnel(STEPS, title="Funnel")

    assert chart.figure.y_range.factors[::-1] == ["1 · view", "2 · cart", "3 · view"]


def test_each_bar_carries_its_count_and_share():
    chart = draw_funnel(STEPS, title="Funnel")

    assert chart.source.data["label"] == ["200  (100.0 %)", "50  (25.0 %)", "10  (5.0 %)"]
    assert chart.description == "3 steps: from 200 to 10, 5.0 % of those who began."


def test_counts_stay_at_the_edge_when_fewer_people_are_shown_in_the_same_picture():
    shown, wanted = draw_funnel(STEPS, title="Funnel"), draw_funnel(STEPS.assign(users=[8, 4, 1]), title="Funnel")

    assert patch(shown, wanted)

    edges = [one.glyph.x for one in shown.figure.renderers if getattr(one.glyph, "text_align", None) == "right"]
    assert [list(shown.source.data[edge]) for edge in edges] == [[shown.figure.x_range.end] * 3]


def test_groups_have_their_own_bars():
    frame = pd.concat([STEPS.assign(device="mobile"), STEPS.assign(device="desktop", users=STEPS["users"] // 2)])

    chart = draw_funnel(frame, by="device", title="Funnel")

    assert [entry.name for entry in chart.legend] == ["mobile", "desktop"]
    assert len(list(chart.figure.select({"type": ColumnDataSource}))) == 2


def test_a_funnel_nobody_entered_is_drawn_with_zeros():
    chart = draw_funnel(STEPS.assign(users=0, overall_rate=None), title="Funnel")

    assert chart.description == "3 steps: from 0 to 0."
    assert chart.source.data["label"][0] == "0  (–)"


def test_hidden_counts_leave_no_bar():
    frame = STEPS.assign(users=pd.array([200, None, None], dtype="Int64"))

    assert draw_funnel(frame, title="Funnel").source.data["label"][1].startswith("–")


def test_no_steps_give_an_explained_picture():
    assert draw_funnel(STEPS.head(0), title="Funnel").description == "No data in this range."
