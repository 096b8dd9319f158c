"""An object of another shape is kept aside whole; the others go on."""

from __future__ import annotations

from analytics_lib.ingestion.adapters.converted import converting, without
from analytics_lib.ingestion.blocks import ObjectBlock
from analytics_lib.ingestion.mapping import EventMapping


def test_what_cannot_be_converted_is_a_broken_line_with_its_content():
    translate = converting(lambda sent: [{"event_name": sent["what"].lower()}] * 2)
    got = translate(ObjectBlock([{"what": "A"}, {"what": 7}, {}], [1, 2, 3]), EventMapping())
    assert got.events["event_name"].to_pylist() == ["a", "a"]
    assert got.events["_line"].to_pylist() == [1, 1]
    assert [(line.line, line.text) for line in got.broken] == [(2, '{"what":7}'), (3, "{}")]


def test_what_is_said_of_a_broken_line_quotes_no_word_of_it():
    translate = converting(lambda sent: [{"event_name": sent["what"], "sample_weight": int(sent["age"])}])
    got = translate(ObjectBlock([{"what": "A", "age": "ann lee"}, {"what": "B"}], [1, 2]), EventMapping())
    assert [line.detail for line in got.broken] == [
        "not of the shape this format has (ValueError: invalid literal for int() with base 10: 'aaa aaa')",
        "not of the shape this format has (KeyError: 'age')",
    ]


def test_what_is_empty_is_left_out_but_zero_and_no_stay():
    assert without({"a": 0, "b": False, "c": [], "d": "x"}, "d") == {"a": 0, "b": False}
