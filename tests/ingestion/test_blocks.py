"""Whatever bytes come, they become text that can be stored, and it is known which were none."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.ingestion.blocks import LARGEST_EVENT, readable, text_column, too_large


@given(st.binary(max_size=50))
def test_any_bytes_become_text_that_arrow_takes(raw):
    assert pa.array([readable(raw)]).type == pa.string()


def test_half_characters_become_question_marks():
    assert text_column(["a\ud800", None]).to_pylist() == ["a?", None]


def test_what_is_too_large_is_not_kept():
    line = too_large(7, LARGEST_EVENT + 1)
    assert (line.line, line.text, line.reason) == (7, "", "too_large")
