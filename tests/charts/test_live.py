from __future__ import annotations

import pandas as pd
import pytest

from analytics_lib.charts import live
from analytics_lib.charts.lines import draw_lines

WIDGET = "application/vnd.jupyter.widget-view+json"
TABLE = "<table><tr><td>42</td></tr></table>"


def bundle():
    chart = draw_lines(pd.DataFrame({"x": [1, 2], "users": [3, 5]}), x="x", y="users", title="Users")
    return live.display_bundle(chart, html=TABLE, text="Users: 3, 5")


@pytest.mark.parametrize("mode", ["script", "report", "executed", "dashboard", "notebook"])
def test_every_life_of_a_notebook_keeps_the_number_table_and_the_text(monkeypatch, mode):
    monkeypatch.setattr(live, "display_mode", lambda: mode)
    monkeypatch.setattr(live, "_load_bokeh", lambda: None)

    shown = bundle()

    assert TABLE in shown["text/html"]
    assert "Bokeh" in shown["text/html"]
    assert shown["text/plain"] == "Users: 3, 5"
    assert (WIDGET in shown) == (mode in {"dashboard", "notebook"})


def test_a_dashboard_never_loads_a_second_bokehjs(monkeypatch):
    loaded = []
    monkeypatch.setattr(live, "_load_bokeh", lambda: loaded.append(1))

    for mode in ("dashboard", "report", "script"):
        monkeypatch.setattr(live, "display_mode", lambda mode=mode: mode)
        live.prepare_page()

    assert loaded == []


def test_a_chart_at_the_end_of_a_cell_is_drawn(monkeypatch):
    monkeypatch.setattr(live, "display_mode", lambda: "report")
    chart = draw_lines(pd.DataFrame({"x": [1, 2], "users": [3, 5]}), x="x", y="users", title="Users")

    shown = chart._repr_mimebundle_()

    assert "Bokeh" in shown["text/html"]
    assert shown["text/plain"].startswith("Users. ")
