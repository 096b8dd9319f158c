from __future__ import annotations

import io

import pandas as pd

from analytics_lib.widgets.table_view import TableView

FRAME = pd.DataFrame({"event": ["view", "buy"], "users": pd.array([12, None], "Int64"), "step_rate": [1.0, None]})


def files(view):
    return dict(button._make() for button in view.children[1].children)


def test_the_page_has_some_columns_and_the_files_have_all():
    view = TableView(lambda: FRAME, "funnel")
    view.show(FRAME, {"event": "step", "users": "people"})

    assert "step_rate" not in view.words.value
    assert view.words.value.count("<tr>") == 3
    assert files(view)["funnel.csv"] == b"event,users,step_rate\r\nview,12,1.0\r\nbuy,,\r\n"


def test_parquet_keeps_types_and_unknown_values():
    data = files(TableView(lambda: FRAME, "funnel"))["funnel.parquet"]

    read = pd.read_parquet(io.BytesIO(data))
    assert str(read["users"].dtype) == "Int64"
    assert read["users"].isna().tolist() == [False, True]
