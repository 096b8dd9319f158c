"""A block goes the whole way: consent before all, then names, repeats, enrichment, scrubbing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from analytics_lib.ingestion.blocks import BrokenLine
from analytics_lib.ingestion.formats import SentBlock
from analytics_lib.ingestion.lookups import Lookups
from analytics_lib.ingestion.mapping import EventMapping
from analytics_lib.ingestion.normalise import CANONICAL, Circumstances
from analytics_lib.ingestion.path import EventPath
from analytics_lib.privacy.consent import ConsentRules

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def path(identity="content", **more) -> EventPath:
    return EventPath(Circumstances(EventMapping(identity=identity), NOW), **more)


def block(broken=(), **columns) -> SentBlock:
    length = len(next(iter(columns.values())))
    columns.setdefault("event_time", ["2024-05-11T23:30:00Z"] * length)
    return SentBlock(pa.table({**columns, "_line": list(range(2, length + 2))}), list(broken))


def take(way: EventPath, sent: SentBlock):
    return way.take(sent, source="x.csv", digest="d")


def test_equal_events_are_one_and_an_id_with_other_content_is_a_conflict():
    way = path()
    first = take(way, block(event_name=["a", "a", "b"], event_id=[None, None, "7"]))
    again = take(way, block(event_name=["a", "c"], event_id=[None, "7"]))
    assert (first.tally.accepted, first.tally.duplicate) == (2, 1)
    assert (again.tally.accepted, again.tally.duplicate, again.tally.reasons["conflict"]) == (0, 1, 1)
    assert again.quarantined["reason"].to_pylist() == ["conflict"]


def test_where_each_row_is_an_event_equal_rows_are_kept_and_counted():
    way = path("row")
    got = take(way, block(event_name=["a", "a", "a"]))
    assert (got.tally.accepted, way.equal_rows) == (3, 2)
    assert len(set(got.events["event_id"].to_pylist())) == 3


def test_without_consent_nothing_is_kept_whatever_else_is_wrong():
    way = path(consent=ConsentRules("required"))
    sent = block(
        [BrokenLine(9, "ann said: oops", "no JSON")],
        event_name=["a", "b", None], consent=["yes", None, None], event_time=["2024-05-11", "2024-05-11", "soon"],
    )  # fmt: skip
    got = take(way, sent)
    assert got.tally.reasons == {"no_consent": 2, "malformed": 1}
    assert got.events.num_rows == 1
    assert [json.loads(row) for row in got.quarantined["row"].to_pylist()] == [{"text": ""}]


def test_a_spoken_no_counts_where_consent_is_assumed():
    assert take(path(), block(event_name=["a", "b"], consent=["no", None])).tally.reasons == {"no_consent": 1}


def test_addresses_and_user_agents_are_read_and_gone():
    got = take(path(), block(event_name=["a"], ip=["192.0.2.1"], user_agent=["Mozilla/5.0 (X11; Linux) Firefox/9.0"]))
    assert not {"ip", "user_agent", "consent"} & set(got.events.column_names)
    assert got.events["browser"].to_pylist() == ["Firefox"]
    assert "192.0.2.1" not in str(got.events.to_pylist())


def test_two_visitors_without_a_name_are_two_events():
    assert take(path(), block(event_name=["a", "a"], ip=["192.0.2.1", "192.0.2.2"])).tally.accepted == 2


def test_lookups_and_made_fields_go_into_the_context():
    lookups = Lookups({"user": pa.table({"user_id": ["ann"], "plan": ["pro"]})})
    got = take(path(lookups=lookups, computed_fields=True), block(event_name=["a", "b"], user_id=["ann", None]))
    first, second = (json.loads(text) for text in got.events["context"].to_pylist())
    assert first == {"lookups": {"user": {"plan": "pro"}}, "hourOfDay": 23, "dayOfWeek": 6, "isWeekend": True}
    assert second == {"hourOfDay": 23, "dayOfWeek": 6, "isWeekend": True}


def test_rows_that_say_nothing_at_all_are_kept_aside_in_their_place():
    got = take(path(), block(event_name=["a", None, "b"], event_time=["2024-05-11", None, "2024-05-12"]))
    assert got.events["event_name"].to_pylist() == ["a", "b"]
    assert got.quarantined["line"].to_pylist() == [3]


def test_too_large_is_counted_and_not_kept():
    got = take(path(), block([BrokenLine(5, "", "big", "too_large")], event_name=["a"]))
    assert (got.tally.reasons, got.quarantined.num_rows) == ({"too_large": 1}, 0)


@pytest.mark.parametrize("length", [0, 1])
def test_stored_columns_are_the_canonical_ones(length):
    names = pa.array(["a"] * length, pa.string())
    got = take(path(), block(event_name=names, event_time=pa.array(["2024-05-11"] * length, pa.string())))
    assert got.events.drop_columns(["_line"]).schema.names == CANONICAL.names
    assert got.events.drop_columns(["_line"]).cast(CANONICAL).num_rows == length
