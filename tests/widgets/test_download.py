from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.widgets.download import DownloadButton, csv_bytes


def test_the_file_is_made_only_when_asked_for():
    made, sent = [], []
    button = DownloadButton(lambda: made.append(1) or ("people.csv", b"user_id\r\n"))
    button.send = lambda content, buffers: sent.append((content, buffers))
    assert made == []

    button._asked(button, {"wanted": True}, [])
    button._asked(button, {"other": True}, [])

    assert sent == [({"name": "people.csv", "type": "text/csv;charset=utf-8"}, [b"user_id\r\n"])]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\n")), max_size=5))
def test_every_value_survives_the_file_and_none_is_a_formula(names):
    rows = list(csv.reader(io.StringIO(csv_bytes(["user_id"], [[name] for name in names]).decode(), newline="")))[1:]

    read = [row[0] if row else "" for row in rows]
    assert [value.removeprefix("'") for value in read] == [name.removeprefix("'") for name in names]
    assert not any(value.startswith(("=", "+", "-", "@")) for value in read)
