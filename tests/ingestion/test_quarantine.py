"""What is kept aside says what came and why, and names nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from analytics_lib.ingestion.blocks import BrokenLine
from analytics_lib.ingestion.quarantine import (
    QUARANTINE,
    quarantined_conflicts,
    quarantined_lines,
    quarantined_rows,
)
from analytics_lib.ingestion.scrub import Scrubber
from analytics_lib.lake.layout import QUARANTINE as STORED
from analytics_lib.privacy.pseudonyms import Keys

NOW = datetime(2024, 6, 1, tzinfo=UTC)
SENT = pa.table({
    "event_name": ["a"], "event_time": ["soon"], "user_id": ["ann"], "ip": ["192.0.2.1"],
    "_rest": ['{"email":"x@y.org"}'], "_raw_properties": ["{oops"], "_line": [7],
})  # fmt: skip
NORMAL = pa.table({"tenant_id": ["t"], "event_id": ["e"], "event_name": ["a"]})
BAD = [(0, "type_mismatch", "event_time is no time; it looks like 'aaaa'")]
UNREAD = {"event_time": {0}}


def test_an_event_is_kept_as_it_came_but_for_who_it_was(tmp_path):
    keys = Keys(tmp_path)
    (row,) = quarantined_rows(SENT, NORMAL, BAD, source="x.csv", received_at=NOW, scrubber=Scrubber(keys)).to_pylist()
    assert (row["reason"], row["line"], row["source"], row["tenant_id"]) == ("type_mismatch", 7, "x.csv", "t")
    assert json.loads(row["row"]) == {
        "event_name": "a", "event_time": "soon", "properties": "{aaaa", "beside": {},
        "user_id": keys.key("t").digest("ann"),
    }  # fmt: skip


def test_in_memory_an_event_is_kept_as_it_came():
    table = quarantined_rows(SENT, NORMAL, BAD, unread=UNREAD, source="x", received_at=NOW, scrubber=Scrubber())
    (row,) = table.to_pylist()
    assert json.loads(row["row"])["user_id"] == "ann"
    assert json.loads(row["row"])["event_time"] == "soon"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Rosa Álvarez", "aaaa aaaaaaa"), ("4711", "0000"), ("2024-13-45", "2024-13-45"), ("+49 30 901820", "[phone]")],
)
def test_a_person_in_the_column_of_times_is_not_quoted_but_a_mistyped_date_can_be_mended(tmp_path, sent, kept):
    rows = SENT.set_column(1, "event_time", pa.array([sent]))
    table = quarantined_rows(
        rows, NORMAL, BAD, unread=UNREAD, source="x", received_at=NOW, scrubber=Scrubber(Keys(tmp_path))
    )
    assert json.loads(table.to_pylist()[0]["row"])["event_time"] == kept


def test_names_and_details_hold_no_address(tmp_path):
    normal = pa.table({"tenant_id": ["t"], "event_id": ["ann@x.org/1"], "event_name": ["mail from ann@x.org"]})
    bad = [(0, "additional_property", "the property ann@x.org is not in the tracking plan")]
    scrubber = Scrubber(Keys(tmp_path))
    (row,) = quarantined_rows(SENT, normal, bad, source="x", received_at=NOW, scrubber=scrubber).to_pylist()
    assert (row["event_id"], row["event_name"]) == ("[e-mail]/1", "mail from [e-mail]")
    assert row["detail"] == "the property [e-mail] is not in the tracking plan"


def test_a_line_is_kept_as_text_and_a_second_load_names_it_the_same():
    def once():
        broken = [BrokenLine(3, "oops", "no JSON")]
        return quarantined_lines(broken, tenant_id="t", source="x", received_at=NOW, scrubber=Scrubber()).to_pylist()

    assert json.loads(once()[0]["row"]) == {"text": "oops"}
    assert once() == once()


def test_a_line_that_nothing_could_read_leaves_its_outline_length_and_digest_and_no_word(tmp_path):
    keys = Keys(tmp_path)
    text = '{"user_id": "ann", "note": "Rosa Álvarez, 4711", "token=abc123", "event_time": "2024-05'
    broken = [BrokenLine(3, text, "no JSON")]

    (row,) = quarantined_lines(broken, tenant_id="t", source="x", received_at=NOW, scrubber=Scrubber(keys)).to_pylist()

    assert (row["source"], row["line"]) == ("x", 3)  # where it can be read again
    assert json.loads(row["row"]) == {
        "text": '{"user_id": "aaa", "aaaa": "aaaa aaaaaaa, 0000", "aaaaa=aaa000", "event_time": "0000-00',
        "characters": len(text), "digest": keys.key("t").digest(text),
    }  # fmt: skip


def test_a_conflict_is_kept_with_its_line():
    events = pa.table(
        {"tenant_id": ["t"], "event_id": ["e"], "event_name": ["a"], "url": pa.array([None], pa.string())}
    )
    (row,) = quarantined_conflicts(events, [4], source="x", received_at=NOW, scrubber=Scrubber()).to_pylist()
    assert (row["reason"], row["line"], row["event_id"]) == ("conflict", 4, "e")


def test_nothing_bad_is_an_empty_table_of_the_same_columns():
    empty = quarantined_lines([], tenant_id="t", source="x", received_at=NOW, scrubber=Scrubber())
    assert empty.schema == QUARANTINE


def test_every_column_is_one_of_the_lakes():
    assert set(QUARANTINE.names) <= set(STORED.schema.names)
