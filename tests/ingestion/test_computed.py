"""Made fields follow their definitions."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from analytics_lib.ingestion.computed import text_features, time_fields, token_features, with_features


def test_reading_takes_a_minute_for_two_hundred_words():
    assert text_features("word " * 400)["estimatedReadTime"] == 2
    assert text_features("") == {"messageLength": 0, "hasCodeBlocks": False, "estimatedReadTime": 0}
    assert text_features("```x```")["hasCodeBlocks"] is True


@pytest.mark.parametrize(("day", "number", "weekend"), [(5, 0, True), (6, 1, False), (11, 6, True)])
def test_sunday_is_zero(day, number, weekend):
    times = pa.array([datetime(2024, 5, day, 7, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    assert json.loads(time_fields(times)[0].as_py()) == {"hourOfDay": 7, "dayOfWeek": number, "isWeekend": weekend}


def test_an_unknown_time_has_no_fields():
    assert time_fields(pa.array([None], pa.timestamp("us", "UTC"))).to_pylist() == ["{}"]


def test_efficiency_is_input_by_output_and_zero_without_output():
    assert token_features({"input_tokens": 10, "output_tokens": 4})["efficiency"] == 2.5
    assert token_features({"inputTokens": 10, "outputTokens": 0})["efficiency"] == 0
    assert token_features({"model": "x"}) == {}
    assert "cost" not in token_features({"tokens": 5, "cost": 1})


def test_messages_are_measured_and_left_out():
    events = pa.array(["conversation.message", "page.view", "token.usage", "conversation.message"])
    sent = pa.array(['{"content":"a b","role":"user"}', '{"content":"kept"}', '{"tokens":1000}', '{"role":"user"}'])
    made = [json.loads(text) for text in with_features(events, sent).to_pylist()]
    assert made[0] == {"role": "user", "messageLength": 3, "hasCodeBlocks": False, "estimatedReadTime": 1}
    assert made[1] == {"content": "kept"}
    assert made[2] == {"tokens": 1000, "cost": 0.001}
    assert made[3] == {"role": "user"}


def test_other_events_are_passed_by():
    sent = pa.array(['{"a":1}'])
    assert with_features(pa.array(["page.view"]), sent) is sent
