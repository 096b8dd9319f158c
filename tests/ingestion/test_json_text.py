"""JSON made by columns is the JSON that Python's own module would read and write."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_lib.ingestion.json_text import dumps, literals, merged, objects, quoted

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.none() | texts, min_size=1))
def test_any_text_survives_the_way_through_json(values):
    read = [None if text is None else json.loads(text) for text in quoted(pa.array(values, pa.string())).to_pylist()]
    assert read == values


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["a", "b b", 'c"'],
            ),
            texts,
            max_size=3,
        ),
        min_size=1,
    )
)
def test_objects_hold_what_is_known_and_nothing_else(rows):
    names = ["a", "b b", 'c"']
    parts = {name: literals(pa.array([row.get(name) for row in rows], pa.string()), "text") for name in names}
    made = [json.loads(text) for text in objects(parts, len(rows)).to_pylist()]
    assert made == [{name: text for name, text in row.items() if text} for row in rows]


@pytest.mark.parametrize("text", ["0", "-1", "12.50", "1e5", "13085.0", "true", "False"])
def test_numbers_and_truth_values_are_told_by_their_look_digit_by_digit(text):
    assert literals(pa.array([text])).to_pylist() == [text.lower()]


@pytest.mark.parametrize(
    "text", ["007", "1.", ".5", "+1", "12345678901234567890", "1,5", "0x1F", "Infinity", "2024-01"]
)
def test_what_only_looks_like_a_number_stays_text(text):
    assert literals(pa.array([text])).to_pylist() == [f'"{text}"']


def test_a_stated_type_counts():
    column = pa.array(["1", "x", "true"])
    assert literals(column, "text").to_pylist() == ['"1"', '"x"', '"true"']
    assert literals(column, "number").to_pylist() == ["1", '"x"', '"true"']


def test_typed_columns_keep_their_type():
    assert literals(pa.array([1, None])).to_pylist() == ["1", None]
    assert literals(pa.array([1.5, float("nan")])).to_pylist() == ["1.5", None]
    assert literals(pa.array([True])).to_pylist() == ["true"]
    assert literals(pa.array([date(2024, 5, 1)])).to_pylist() == ['"2024-05-01"']
    assert json.loads(literals(pa.array([{"a": [1, 2], "b": "x"}])).to_pylist()[0]) == {"a": [1, 2], "b": "x"}


def test_objects_are_joined_row_by_row():
    assert merged([pa.array(['{"a":1}', "{}", None]), pa.array([None, '{"b":2}', None])]).to_pylist() == [
        '{"a":1}', '{"b":2}', "{}",
    ]  # fmt: skip
    assert merged([pa.array(['{"a":1}']), pa.array(['{"b":2}'])]).to_pylist() == ['{"a":1,"b":2}']


def test_what_json_cannot_say_becomes_text():
    assert dumps({"t": datetime(2024, 5, 1, tzinfo=UTC), "b": b"x"}) == '{"b":"x","t":"2024-05-01T00:00:00+00:00"}'
