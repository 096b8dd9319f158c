from __future__ import annotations

from bokeh.models import ColumnDataSource

from analytics_lib.charts.model_view import is_echo, model_view_class
from analytics_lib.charts.theme import new_figure


def live_figure():
    source = ColumnDataSource({"x": [1, 2, 3], "y": [1, 2, 3]})
    drawn = new_figure(title="t", x_label="x", y_label="y")
    drawn.scatter("x", "y", source=source)
    return model_view_class()(drawn), source


def changed(model, attribute, new):
    return {"event": "jsevent", "kind": "ModelChanged", "model": {"id": model.id}, "attr": attribute, "new": new}


def test_a_selection_made_in_the_browser_runs_its_callback_once():
    view, source = live_figure()
    calls = []
    source.selected.on_change("indices", lambda _attribute, _old, new: calls.append(new))

    view._sync_model(view, changed(source.selected, "indices", [0, 2]), [])

    assert calls == [[0, 2]]
    assert source.selected.indices == [0, 2]


def test_the_browsers_echo_of_data_changes_nothing():
    view, source = live_figure()
    echo = {"event": "jsevent", "kind": "ColumnsStreamed", "model": {"id": source.id}, "data": {"x": [4], "y": [4]}}

    view._sync_model(view, echo, [])
    view._sync_model(view, changed(source, "data", {"x": [9], "y": [9]}), [])

    assert list(source.data["x"]) == [1, 2, 3]


def test_only_data_are_echoes():
    assert is_echo({"kind": "ColumnsPatched"})
    assert not is_echo({"kind": "MessageSent"})
